"""300 depth_with_and_without_channel

kind: silent   facet: shape   seen in: jiwei0921/CoNet#3, FARM#229
ideal static checker: smooth_l1_loss: input "b 1 h w" and target "b h w" broadcast to "b b h w"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class DepthLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(16, 1, kernel_size=1)
        self.criterion = nn.SmoothL1Loss()

    def forward(self, *, x: Float[Tensor, "b 16 h w"], depth: Float[Tensor, "b h w"]) -> Float[Tensor, ""]:
        pred = self.head(x)
        return self.criterion(pred, depth)  # BUG: (b, 1, h, w) against (b, h, w)


def main() -> None:
    torch.manual_seed(0)
    m, x, d = DepthLoss(), torch.randn(3, 16, 8, 8), torch.rand(3, 8, 8)
    right = nn.functional.smooth_l1_loss(m.head(x)[:, 0], d)
    good = bool(torch.allclose(m(x=x, depth=d), right))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
