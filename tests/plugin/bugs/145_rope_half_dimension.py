"""rope_half_dimension

kind: crash   facet: shape   seen in: rotary embeddings
ideal static checker: cos has d / 2 entries
"""

import torch
from jaxtyping import Float
from torch import Tensor


def rotate(
    x: Float[Tensor, "b t 64"], cos: Float[Tensor, "t 32"], sin: Float[Tensor, "t 32"]
) -> Float[Tensor, "b t 64"]:
    x1, x2 = x.chunk(2, dim=-1)
    turned = torch.cat((-x2, x1), dim=-1)
    return x * cos + turned * sin  # BUG: cos and sin must be doubled


def main() -> None:
    torch.manual_seed(0)
    good = rotate(torch.randn(2, 5, 64), torch.randn(5, 32), torch.randn(5, 32)).shape == (2, 5, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
