"""hidden_state_has_layers

kind: silent   facet: shape   seen in: StackOverflow, using h_n directly
ideal static checker: h_n is "1 b 32"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(8, 32, batch_first=True)
        self.fc = nn.Linear(32, 5)

    def forward(self, *, x: Float[Tensor, "b t 8"]) -> Float[Tensor, "b 5"]:
        _, (h, c) = self.rnn(x)
        return self.fc(h)  # BUG: h[-1]


def main() -> None:
    torch.manual_seed(0)
    good = Classifier()(x=torch.randn(3, 5, 8)).shape == (3, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
