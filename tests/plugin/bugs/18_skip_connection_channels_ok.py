"""skip_connection_channels (fixed twin)

kind: crash   facet: shape   seen in: forum, UNet decoders
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Up(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.conv = nn.Conv2d(96, 32, 3, padding=1)

    def forward(
        self, x: Float[Tensor, "b 64 h w"], skip: Float[Tensor, "b 64 2*h 2*w"]
    ) -> Float[Tensor, "b 32 2*h 2*w"]:
        return self.conv(torch.cat([self.up(x), skip], dim=1))


def main() -> None:
    torch.manual_seed(0)
    out = Up()(torch.randn(1, 64, 4, 4), torch.randn(1, 64, 8, 8))
    print("GOOD" if out.shape == (1, 32, 8, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
