"""recurrent_state_batch_first

kind: crash   facet: axis   seen in: StackOverflow "Expected hidden size (2, 32, 128), got [32, 2, 128]"
ideal static checker: GRU's state is (layers, batch, hidden) also with batch_first
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Forecaster(nn.Module):
    def __init__(self, features: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.gru = nn.GRU(features, hidden, layers, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x: Float[Tensor, "b t features"]) -> Float[Tensor, "b 1"]:
        h0 = torch.zeros(x.size(0), self.layers, self.hidden)  # BUG: layers come first
        out, _ = self.gru(x, h0)
        return self.head(out[:, -1])


def main() -> None:
    torch.manual_seed(0)
    out = Forecaster(6, 8, 2)(torch.randn(3, 5, 6))
    print("GOOD" if out.shape == (3, 1) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
