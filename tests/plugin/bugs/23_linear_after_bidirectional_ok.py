"""linear_after_bidirectional (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow, BiLSTM taggers
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Tagger(nn.Module):
    def __init__(self, d: int, hidden: int, tags: int) -> None:
        super().__init__()
        self.d, self.tags = d, tags
        self.rnn = nn.LSTM(d, hidden, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * hidden, tags)

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.tags}"]:
        y, _ = self.rnn(x)
        return self.head(y)


def main() -> None:
    torch.manual_seed(0)
    out = Tagger(8, 16, 3)(torch.randn(2, 5, 8))
    print("GOOD" if out.shape == (2, 5, 3) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
