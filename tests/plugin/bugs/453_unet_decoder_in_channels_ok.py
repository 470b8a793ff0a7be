"""453 unet_decoder_in_channels (fixed twin)

kind: crash   facet: shape   seen in: U-Net ports: the conv after torch.cat with the skip
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class MiniUNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.enc1 = nn.Conv2d(1, 32, 3, padding=1)
        self.enc2 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ConvTranspose2d(64, 32, kernel_size=2, stride=2)
        self.dec = nn.Conv2d(64, 16, 3, padding=1)
        self.head = nn.Conv2d(16, 2, 1)

    def forward(self, *, img: Float[Tensor, "b 1 64 64"]) -> Float[Tensor, "b 2 64 64"]:
        skip = torch.relu(self.enc1(img))
        h = torch.relu(self.enc2(self.pool(skip)))
        h = torch.cat([skip, self.up(h)], dim=1)
        return self.head(torch.relu(self.dec(h)))


def main() -> None:
    torch.manual_seed(0)
    out = MiniUNet()(img=torch.randn(2, 1, 64, 64))
    good = out.shape == (2, 2, 64, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
