"""groupnorm_channels (fixed twin)

kind: crash   facet: shape   seen in: diffusion U-Nets
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.norm = nn.GroupNorm(8, channels_out)

    def forward(self, *, x: Float[Tensor, "b channels_in h w"]) -> Float[Tensor, "b channels_out h w"]:
        return F.silu(self.norm(self.conv(x)))


def main() -> None:
    torch.manual_seed(0)
    good = Block(32, 64)(x=torch.randn(2, 32, 8, 8)).shape == (2, 64, 8, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
