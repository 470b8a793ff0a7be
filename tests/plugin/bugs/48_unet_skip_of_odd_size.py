"""unet_skip_of_odd_size

kind: crash   facet: shape   seen in: milesial/Pytorch-UNet issues
ideal static checker: 25 halves to 12 and doubles to 24
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(1, 8, 3, padding=1)
        self.mid = nn.Conv2d(8, 8, 3, padding=1)
        self.up = nn.Conv2d(16, 1, 3, padding=1)

    def forward(self, *, x: Float[Tensor, "b 1 25 25"]) -> Float[Tensor, "b 1 25 25"]:
        skip = F.relu(self.down(x))
        h = self.mid(F.max_pool2d(skip, 2))
        h = F.interpolate(h, scale_factor=2)  # BUG: 24 x 24; size=skip.shape[-2:]
        return self.up(torch.cat((skip, h), dim=1))


def main() -> None:
    torch.manual_seed(0)
    good = UNet()(x=torch.randn(2, 1, 25, 25)).shape == (2, 1, 25, 25)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
