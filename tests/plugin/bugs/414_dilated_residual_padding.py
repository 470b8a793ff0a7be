"""414 dilated_residual_padding

kind: crash   facet: shape   seen in: WaveNet and TCN ports
ideal static checker: residual: "b 32 t" plus "b 32 t-2": padding 1 with dilation 2
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(32, 32, kernel_size=3, dilation=2, padding=1)  # BUG: padding must be the dilation

    def forward(self, *, x: Float[Tensor, "b 32 t"]) -> Float[Tensor, "b 32 t"]:
        return x + torch.tanh(self.conv(x))


def main() -> None:
    torch.manual_seed(0)
    out = Block()(x=torch.randn(2, 32, 40))
    good = out.shape == (2, 32, 40)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
