"""288 head_of_bidirectional_gru

kind: crash   facet: shape   seen in: StackOverflow "size mismatch, m1: [32 x 256], m2: [128 x 2]"
ideal static checker: Linear(hidden, 5) expects hidden, got 2*hidden of the bidirectional GRU
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Tagger(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.rnn = nn.GRU(80, hidden, num_layers=2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(hidden, 5)  # BUG: both directions are concatenated

    def forward(self, *, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t 5"]:
        h, _ = self.rnn(x)
        return self.head(h)


def main() -> None:
    torch.manual_seed(0)
    out = Tagger(32)(x=torch.randn(2, 7, 80))
    good = out.shape == (2, 7, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
