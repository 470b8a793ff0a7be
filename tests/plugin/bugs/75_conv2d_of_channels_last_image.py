"""conv2d_of_channels_last_image

kind: crash   facet: axis   seen in: images from numpy or PIL, HWC
ideal static checker: Conv2d wants channels in front
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, *, image: Float[Tensor, "b height width 3"]) -> Float[Tensor, "b 8 height-2 width-2"]:
        return self.conv(image)  # BUG: permute(0, 3, 1, 2) missing


def main() -> None:
    torch.manual_seed(0)
    good = Net()(image=torch.randn(2, 9, 7, 3)).shape == (2, 8, 7, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
