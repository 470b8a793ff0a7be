"""time_first_on_purpose: time first is what the default of an LSTM wants. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(16, 32)

    def forward(self, *, x: Float[Tensor, "time batch 16"]) -> Float[Tensor, "batch 32"]:
        out, _ = self.rnn(x)
        return out[-1]


def main() -> None:
    torch.manual_seed(0)
    good = Enc()(x=torch.randn(5, 2, 16)).shape == (2, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
