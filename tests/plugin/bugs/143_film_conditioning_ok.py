"""film_conditioning (fixed twin)

kind: crash   facet: shape   seen in: FiLM layers
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Film(nn.Module):
    def __init__(self, channels: int, cond: int) -> None:
        super().__init__()
        self.proj = nn.Linear(cond, 2 * channels)

    def forward(
        self, *, x: Float[Tensor, "b channels h w"], c: Float[Tensor, "b cond"]
    ) -> Float[Tensor, "b channels h w"]:
        scale, shift = self.proj(c).chunk(2, dim=1)
        return x * (1 + scale[:, :, None, None]) + shift[:, :, None, None]


def main() -> None:
    torch.manual_seed(0)
    good = Film(4, 3)(x=torch.randn(2, 4, 5, 6), c=torch.randn(2, 3)).shape == (2, 4, 5, 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
