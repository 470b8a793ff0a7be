"""468 softmax_over_width

kind: silent   facet: axis   seen in: segmentation heads; fxia22/pointnet.pytorch#27, zysymu/AdaMatch-pytorch#1 (softmax axis)
ideal static checker: softmax over axis -1, the width of "batch 21 height width"; classes are on axis 1
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SegHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cls = nn.Conv2d(64, 21, kernel_size=1)

    def forward(self, *, feat: Float[Tensor, "batch 64 height width"]) -> Float[Tensor, "batch 21 height width"]:
        return F.softmax(self.cls(feat), dim=-1)  # BUG: normalises along the width


def main() -> None:
    torch.manual_seed(0)
    out = SegHead()(feat=torch.randn(2, 64, 4, 5))
    good = bool(torch.allclose(out.sum(1), torch.ones(2, 4, 5)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
