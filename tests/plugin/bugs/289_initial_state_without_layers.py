"""289 initial_state_without_layers

kind: crash   facet: shape   seen in: pytorch/pytorch#15260 "Expected hidden size (2, 4, 64), got [1, 4, 64]"
ideal static checker: LSTM(num_layers=2) expects h_0 of shape (2, b, 64), got (1, b, 64)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(32, 64, num_layers=2, batch_first=True)

    def forward(self, *, x: Float[Tensor, "b t 32"]) -> Float[Tensor, "b t 64"]:
        h0 = torch.zeros(1, x.size(0), 64)  # BUG: one state per layer
        c0 = torch.zeros(1, x.size(0), 64)
        out, _ = self.rnn(x, (h0, c0))
        return out


def main() -> None:
    torch.manual_seed(0)
    out = Decoder()(x=torch.randn(4, 7, 32))
    good = out.shape == (4, 7, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
