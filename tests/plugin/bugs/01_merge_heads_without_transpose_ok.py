"""merge_heads_without_transpose (fixed twin)

kind: silent   facet: axis   seen in: jsbaan/transformer-from-scratch#6, ajhalthor/Transformer-Neural-Network#4
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def merge(y: Float[Tensor, "b h t d"]) -> Float[Tensor, "b t h*d"]:
    b, h, t, d = y.shape
    return y.transpose(1, 2).reshape(b, t, h * d)


def main() -> None:
    torch.manual_seed(0)
    y = torch.randn(2, 3, 5, 4)
    out = merge(y)
    print("GOOD" if torch.equal(out[0, 0], y[0, :, 0].flatten()) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
