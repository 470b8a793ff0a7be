"""sampled_threshold: scores of a hinge are compared with 0.5 on purpose, distances too. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor


def verify(a: Float[Tensor, "b d"], c: Float[Tensor, "b d"]) -> Bool[Tensor, "b"]:
    return F.cosine_similarity(a, c) > 0.5


def main() -> None:
    torch.manual_seed(0)
    good = verify(torch.randn(3, 4), torch.randn(3, 4)).shape == (3,)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
