"""454 unet_odd_size_skip (fixed twin)

kind: crash   facet: shape   seen in: meetps/pytorch-semseg#87 and #191, bigmb/Unet-Segmentation-Pytorch-Nest-of-Unets#55
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.enc1 = nn.Conv2d(3, 16, 3, padding=1)
        self.enc2 = nn.Conv2d(16, 32, 3, padding=1)
        self.up = nn.ConvTranspose2d(32, 16, kernel_size=2, stride=2)
        self.out = nn.Conv2d(32, 1, 1)

    def forward(self, *, x: Float[Tensor, "b 3 45 45"]) -> Float[Tensor, "b 1 45 45"]:
        skip = torch.relu(self.enc1(x))
        h = torch.relu(self.enc2(F.max_pool2d(skip, 2)))
        h = self.up(h)
        h = F.pad(h, (0, 1, 0, 1))
        return self.out(torch.cat((skip, h), dim=1))


def main() -> None:
    torch.manual_seed(0)
    out = Net()(x=torch.randn(2, 3, 45, 45))
    good = out.shape == (2, 1, 45, 45)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
