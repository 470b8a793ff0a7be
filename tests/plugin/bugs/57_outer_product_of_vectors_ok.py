"""outer_product_of_vectors (fixed twin)

kind: silent   facet: shape   seen in: cosine similarities written by hand
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def similarity(a: Float[Tensor, "n d"], b: Float[Tensor, "n d"]) -> Float[Tensor, "n"]:
    a = F.normalize(a, dim=-1)
    b = F.normalize(b, dim=-1)
    return (a * b).sum(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    good = similarity(torch.randn(4, 8), torch.randn(4, 8)).shape == (4,)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
