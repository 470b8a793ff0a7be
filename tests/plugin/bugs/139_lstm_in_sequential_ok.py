"""lstm_in_sequential (fixed twin)

kind: crash   facet: kind   seen in: StackOverflow "LSTM inside nn.Sequential"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(8, 16)
        self.head = nn.Linear(16, 2)
        self.net = nn.Sequential(
            self.embed,
            nn.Linear(16, 16),
            self.head,
        )

    def forward(self, *, x: Float[Tensor, "b t 8"]) -> Float[Tensor, "b t 2"]:
        return self.net(x)


def main() -> None:
    torch.manual_seed(0)
    good = Tagger()(x=torch.randn(2, 5, 8)).shape == (2, 5, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
