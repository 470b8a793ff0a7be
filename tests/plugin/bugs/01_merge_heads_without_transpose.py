"""merge_heads_without_transpose

kind: silent   facet: axis   seen in: jsbaan/transformer-from-scratch#6, ajhalthor/Transformer-Neural-Network#4
ideal static checker: reshape sees "b h t d" as "b t h*d": the tokens are mixed
"""

import torch
from jaxtyping import Float
from torch import Tensor


def merge(y: Float[Tensor, "b h t d"]) -> Float[Tensor, "b t h*d"]:
    b, h, t, d = y.shape
    return y.reshape(b, t, h * d)  # BUG: heads are still in front of time


def main() -> None:
    torch.manual_seed(0)
    y = torch.randn(2, 3, 5, 4)
    out = merge(y)
    print("GOOD" if torch.equal(out[0, 0], y[0, :, 0].flatten()) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
