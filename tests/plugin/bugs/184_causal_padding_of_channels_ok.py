"""causal_padding_of_channels

kind: crash   facet: axis   seen in: causal convolutions on channels-last input
ideal static checker: the padding must come when time is the last axis
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class CausalConv(nn.Module):
    def __init__(self, d: int, kernel: int) -> None:
        super().__init__()
        self.pad = kernel - 1
        self.conv = nn.Conv1d(d, d, kernel)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        x = F.pad(x.transpose(1, 2), (self.pad, 0))
        return self.conv(x).transpose(1, 2)


def main() -> None:
    torch.manual_seed(0)

    good = CausalConv(8, 3)(torch.randn(2, 5, 8)).shape == (2, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
