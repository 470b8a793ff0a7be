"""layer_scale_along_time

kind: crash   facet: shape   seen in: LayerScale in 1-d convolution nets
ideal static checker: a scale for 64 channels meets the time axis
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Scaled(nn.Module):
    def __init__(self, depth: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(64, 64, 3, padding=1) for _ in range(depth))
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(64)) for _ in range(depth)])

    def forward(self, x: Float[Tensor, "b 64 time"]) -> Float[Tensor, "b 64 time"]:
        for conv, scale in zip(self.convs, self.scales):
            x = x + conv(x) * scale[:, None]
        return x


def main() -> None:
    torch.manual_seed(0)

    good = Scaled(2)(torch.randn(2, 64, 10)).shape == (2, 64, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
