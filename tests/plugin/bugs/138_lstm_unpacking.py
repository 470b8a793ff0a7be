"""lstm_unpacking

kind: crash   facet: kind   seen in: "'tuple' object has no attribute"
ideal static checker: an LSTM gives a pair
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(8, 16, batch_first=True)
        self.fc = nn.Linear(16, 2)

    def forward(self, *, x: Float[Tensor, "b t 8"]) -> Float[Tensor, "b t 2"]:
        h = self.rnn(x)
        return self.fc(h)  # BUG: h is a pair of outputs and states


def main() -> None:
    torch.manual_seed(0)
    good = Enc()(x=torch.randn(2, 5, 8)).shape == (2, 5, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
