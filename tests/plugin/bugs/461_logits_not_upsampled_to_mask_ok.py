"""461 logits_not_upsampled_to_mask (fixed twin)

kind: crash   facet: shape   seen in: semantic segmentation heads with output stride 8
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Seg(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(16, 21, 3, stride=4, padding=1)
        )

    def forward(self, *, img: Float[Tensor, "b 3 64 64"], mask: Int[Tensor, "b 64 64"]) -> Float[Tensor, ""]:
        logits = self.body(img)
        logits = F.interpolate(logits, scale_factor=8, mode="bilinear")
        return F.cross_entropy(logits, mask)


def main() -> None:
    torch.manual_seed(0)
    loss = Seg()(img=torch.randn(2, 3, 64, 64), mask=torch.randint(0, 21, (2, 64, 64)))
    good = loss.shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
