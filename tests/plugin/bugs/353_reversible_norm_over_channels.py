"""353 reversible_norm_over_channels

kind: crash   facet: shape   seen in: RevIN ports: statistics over dim=-1 of "b t c"
ideal static checker: the statistics are "b t 1", the forecast has other steps; over time (dim=1) is wanted
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Forecaster(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.time = nn.Linear(96, 24)
        self.eps = 1e-5

    def forward(self, x: Float[Tensor, "b 96 7"]) -> Float[Tensor, "b 24 7"]:
        mean, std = x.mean(dim=-1, keepdim=True), x.std(dim=-1, keepdim=True) + self.eps  # BUG: over the series
        x = (x - mean) / std
        y = self.time(x.transpose(1, 2)).transpose(1, 2)
        return y * std + mean


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if Forecaster()(torch.randn(2, 96, 7)).shape == (2, 24, 7) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
