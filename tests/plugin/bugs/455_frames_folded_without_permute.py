"""455 frames_folded_without_permute

kind: silent   facet: axis   seen in: proceduralia/pytorch-conv2_1d#1, PKU-YuanGroup/Open-Sora-Plan#171, dmenig/Pytorch-StNet#2
ideal static checker: reshape of "b c t h w" to (b*t, c, h, w) crosses c and t; permute(0, 2, 1, 3, 4) first
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class PerFrame(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3, padding=1)

    def forward(self, *, x: Float[Tensor, "batch 16 time height width"]) -> Float[Tensor, "batch time 16 height width"]:
        b, c, t, h, w = x.shape
        y = x.reshape(b * t, c, h, w)  # BUG: permute(0, 2, 1, 3, 4) missing
        return self.conv(y).view(b, t, c, h, w)


def main() -> None:
    torch.manual_seed(0)
    m, x = PerFrame(), torch.randn(2, 16, 4, 6, 6)
    good = bool(torch.allclose(m(x=x)[:, 1], m.conv(x[:, :, 1]), atol=1e-5))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
