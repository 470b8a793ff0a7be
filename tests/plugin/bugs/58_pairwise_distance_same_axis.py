"""pairwise_distance_same_axis

kind: silent   facet: shape   seen in: k-nearest neighbours, prototypes
ideal static checker: both unsqueezed at the same place
"""

import torch
from jaxtyping import Float
from torch import Tensor


def distances(queries: Float[Tensor, "q d"], prototypes: Float[Tensor, "k d"]) -> Float[Tensor, "q k"]:
    return (queries.unsqueeze(1) - prototypes.unsqueeze(1)).pow(2).sum(-1)  # BUG: prototypes.unsqueeze(0)


def main() -> None:
    torch.manual_seed(0)
    good = distances(torch.randn(4, 8), torch.randn(3, 8)).shape == (4, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
