"""457 layernorm_on_feature_map (fixed twin)

kind: crash   facet: shape   seen in: facebookresearch/ConvNeXt#101 and #112, pytorch/pytorch#71465
ideal static checker: nothing (clean)
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
        h = self.norm(self.dw(x).permute(0, 2, 3, 1))
        return x + h.permute(0, 3, 1, 2)


def main() -> None:
    torch.manual_seed(0)
    out = Block()(x=torch.randn(2, 64, 14, 14))
    good = out.shape == (2, 64, 14, 14)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
