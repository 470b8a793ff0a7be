"""gradient_penalty: interpolation with one weight per sample, an axis of size 1 each. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor


def interpolate(real: Float[Tensor, "b c h w"], fake: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
    eps = torch.rand(real.size(0), 1, 1, 1)
    return eps * real + (1 - eps) * fake


def main() -> None:
    torch.manual_seed(0)
    good = interpolate(torch.randn(2, 3, 4, 4), torch.randn(2, 3, 4, 4)).shape == (2, 3, 4, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
