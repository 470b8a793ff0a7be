"""depth_without_channel

kind: silent   facet: shape   seen in: jiwei0921/CoNet#3
ideal static checker: the loss broadcasts (b, 1, h, w) against (b, h, w)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class DepthNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, 1, 3, padding=1)

    def loss(self, image: Float[Tensor, "b 3 h w"], depth: Float[Tensor, "b h w"]) -> Tensor:
        pred = self.head(image)
        return F.smooth_l1_loss(pred, depth, reduction="none")  # BUG: no channel


def main() -> None:
    torch.manual_seed(0)

    good = DepthNet().loss(torch.randn(2, 3, 4, 4), torch.randn(2, 4, 4)).shape == (
        2,
        1,
        4,
        4,
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
