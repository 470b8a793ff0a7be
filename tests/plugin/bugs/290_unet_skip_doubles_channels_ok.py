"""290 unet_skip_doubles_channels (fixed twin)

kind: crash   facet: shape   seen in: U-Net issues "expected input to have 64 channels, but got 128 channels instead"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Up(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(128, 64, kernel_size=2, stride=2)
        self.conv = nn.Conv2d(128, 32, kernel_size=3, padding=1)

    def forward(
        self, *, x: Float[Tensor, "b 128 16 16"], skip: Float[Tensor, "b 64 32 32"]
    ) -> Float[Tensor, "b 32 32 32"]:
        x = torch.cat([skip, self.up(x)], dim=1)
        return self.conv(x)


def main() -> None:
    torch.manual_seed(0)
    out = Up()(x=torch.randn(2, 128, 16, 16), skip=torch.randn(2, 64, 32, 32))
    good = out.shape == (2, 32, 32, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
