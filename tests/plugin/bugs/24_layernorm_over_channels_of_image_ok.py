"""layernorm_over_channels_of_image (fixed twin)

kind: crash   facet: shape   seen in: ConvNeXt re-implementations
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 7, padding=3, groups=64)
        self.norm = nn.LayerNorm(64)

    def forward(self, x: Float[Tensor, "b 64 h w"]) -> Float[Tensor, "b 64 h w"]:
        y = self.conv(x)
        return self.norm(y.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def main() -> None:
    torch.manual_seed(0)
    out = Block()(torch.randn(1, 64, 5, 6))
    print("GOOD" if out.shape == (1, 64, 5, 6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
