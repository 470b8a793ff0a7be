"""323 sigmoid_compared_with_zero (fixed twin)

kind: silent   facet: semantic   seen in: multi-label metrics, segmentation threshold
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Segment(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 1, kernel_size=1)

    def forward(self, *, x: Float[Tensor, "b 16 h w"]) -> Bool[Tensor, "b 1 h w"]:
        mask = torch.sigmoid(self.conv(x))
        return mask > 0.5


def main() -> None:
    torch.manual_seed(0)
    m, x = Segment(), torch.randn(2, 16, 8, 8)
    good = bool(torch.equal(m(x=x), m.conv(x) > 0))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
