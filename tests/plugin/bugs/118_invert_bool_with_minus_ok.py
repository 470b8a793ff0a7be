"""invert_bool_with_minus (fixed twin)

kind: crash   facet: dtype   seen in: "Subtraction, the `-` operator, with a bool tensor is not supported"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def keep_loss(loss: Float[Tensor, "b t"], padding: Bool[Tensor, "b t"]) -> Float[Tensor, ""]:
    return (loss * ~padding).sum()


def main() -> None:
    torch.manual_seed(0)
    good = bool(keep_loss(torch.ones(2, 3), torch.zeros(2, 3, dtype=torch.bool)) == 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
