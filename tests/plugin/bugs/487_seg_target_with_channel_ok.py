"""487 seg_target_with_channel (fixed twin)

kind: crash   facet: shape   seen in: "only batches of spatial targets supported (3D tensors) but got targets of dimension: 4"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class SegLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cls = nn.Conv2d(64, 21, 1)

    def forward(self, *, feat: Float[Tensor, "b 64 h w"], mask: Int[Tensor, "b 1 h w"]) -> Float[Tensor, ""]:
        return F.cross_entropy(self.cls(feat), mask.squeeze(1))


def main() -> None:
    torch.manual_seed(0)
    loss = SegLoss()(feat=torch.randn(2, 64, 6, 7), mask=torch.randint(0, 21, (2, 1, 6, 7)))
    good = loss.shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
