"""287 layernorm_of_channels_first

kind: crash   facet: shape   seen in: forum "Given normalized_shape=[64], expected input with shape [*, 64], but got input of size [2, 64, 50]"
ideal static checker: LayerNorm(64) normalises the last axis, got t of "b 64 t"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(80, 64, kernel_size=5, padding=2)
        self.norm = nn.LayerNorm(64)

    def forward(self, *, x: Float[Tensor, "b 80 t"]) -> Float[Tensor, "b 64 t"]:
        return self.norm(self.conv(x))  # BUG: LayerNorm wants the channels last


def main() -> None:
    torch.manual_seed(0)
    out = Block()(x=torch.randn(2, 80, 50))
    good = out.shape == (2, 64, 50)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
