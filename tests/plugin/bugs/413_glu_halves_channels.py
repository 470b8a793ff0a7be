"""413 glu_halves_channels

kind: crash   facet: shape   seen in: pengshuang/CNN-Seq2Seq#1, Conformer convolution modules
ideal static checker: Conv1d(64, 64, groups=64) expects 64 channels, got 32 after glu
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ConvModule(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(64)
        self.pointwise = nn.Conv1d(64, 64, kernel_size=1)  # BUG: glu halves, it wants 2 * 64
        self.depthwise = nn.Conv1d(64, 64, kernel_size=15, padding=7, groups=64)

    def forward(self, *, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b t 64"]:
        h = self.norm(x).transpose(1, 2)
        h = F.glu(self.pointwise(h), dim=1)
        return x + self.depthwise(h).transpose(1, 2)


def main() -> None:
    torch.manual_seed(0)
    out = ConvModule()(x=torch.randn(2, 20, 64))
    good = out.shape == (2, 20, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
