"""soft_targets_in_cross_entropy: cross_entropy takes probabilities as target. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def distill(student: Float[Tensor, "b c"], teacher: Float[Tensor, "b c"]) -> Float[Tensor, ""]:
    return F.cross_entropy(student, teacher.softmax(dim=-1))


def main() -> None:
    torch.manual_seed(0)
    good = distill(torch.randn(4, 3), torch.randn(4, 3)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
