"""view_after_transpose

kind: crash   facet: stride   seen in: "view size is not compatible with input tensor's size and stride"
ideal static checker: view of a transposed tensor
"""

import torch
from jaxtyping import Float
from torch import Tensor


def merge(x: Float[Tensor, "b h t d"]) -> Float[Tensor, "b t h*d"]:
    b, h, t, d = x.shape
    return x.transpose(1, 2).view(b, t, h * d)  # BUG: .contiguous() or reshape


def main() -> None:
    torch.manual_seed(0)
    good = merge(torch.randn(2, 3, 4, 5)).shape == (2, 4, 15)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
