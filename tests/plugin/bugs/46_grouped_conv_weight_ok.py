"""grouped_conv_weight (fixed twin)

kind: crash   facet: shape   seen in: F.conv1d with a depthwise kernel, forum
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Smooth(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.ones(channels, 1, 5) / 5)

    def forward(self, *, x: Float[Tensor, "b channels t"]) -> Float[Tensor, "b channels t"]:
        return F.conv1d(x, self.kernel, padding=2, groups=x.shape[1])


def main() -> None:
    torch.manual_seed(0)
    good = Smooth(4)(x=torch.randn(2, 4, 9)).shape == (2, 4, 9)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
