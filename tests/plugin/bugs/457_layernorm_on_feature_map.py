"""457 layernorm_on_feature_map

kind: crash   facet: shape   seen in: facebookresearch/ConvNeXt#101 and #112, pytorch/pytorch#71465
ideal static checker: LayerNorm(64) normalises the last axis, got 14 (channels are on axis 1)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.dw = nn.Conv2d(64, 64, kernel_size=7, padding=3, groups=64)
        self.norm = nn.LayerNorm(64)

    def forward(self, *, x: Float[Tensor, "b 64 14 14"]) -> Float[Tensor, "b 64 14 14"]:
        h = self.norm(self.dw(x))  # BUG: LayerNorm wants channels last
        return x + h


def main() -> None:
    torch.manual_seed(0)
    out = Block()(x=torch.randn(2, 64, 14, 14))
    good = out.shape == (2, 64, 14, 14)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
