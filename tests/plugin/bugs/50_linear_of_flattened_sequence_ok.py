"""linear_of_flattened_sequence (fixed twin)

kind: crash   facet: shape   seen in: time series forums
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Forecaster(nn.Module):
    def __init__(self, window: int = 24, hidden: int = 32, horizon: int = 6) -> None:
        super().__init__()
        self.gru = nn.GRU(1, hidden, batch_first=True)
        self.head = nn.Linear(window * hidden, horizon)

    def forward(self, *, x: Float[Tensor, "b window 1"]) -> Float[Tensor, "b horizon"]:
        out, _ = self.gru(x)
        return self.head(out.flatten(start_dim=1))


def main() -> None:
    torch.manual_seed(0)
    good = Forecaster()(x=torch.randn(2, 24, 1)).shape == (2, 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
