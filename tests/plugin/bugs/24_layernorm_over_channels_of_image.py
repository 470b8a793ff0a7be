"""layernorm_over_channels_of_image

kind: crash   facet: shape   seen in: ConvNeXt re-implementations
ideal static checker: LayerNorm(64) wants 64 at the end, which is w
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
        return self.norm(y)  # BUG: channels are not last


def main() -> None:
    torch.manual_seed(0)
    out = Block()(torch.randn(1, 64, 5, 6))
    print("GOOD" if out.shape == (1, 64, 5, 6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
