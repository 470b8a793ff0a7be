"""pixel_shuffle_channels

kind: crash   facet: shape   seen in: super resolution, ESPCN
ideal static checker: PixelShuffle(2) needs 4 times the channels
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Upsampler(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(64, 3 * 2, 3, padding=1)  # BUG: 3 * 2 ** 2
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, *, x: Float[Tensor, "b 64 h w"]) -> Float[Tensor, "b 3 2*h 2*w"]:
        return self.shuffle(self.conv(x))


def main() -> None:
    torch.manual_seed(0)
    good = Upsampler()(x=torch.randn(1, 64, 4, 4)).shape == (1, 3, 8, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
