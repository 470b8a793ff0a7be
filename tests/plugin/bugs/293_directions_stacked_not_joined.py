"""293 directions_stacked_not_joined

kind: crash   facet: shape   seen in: StackOverflow "torch.stack vs torch.cat"
ideal static checker: stack gives "b 64 2"; Linear(128, ...) expects last dim 128
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(32, 64, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(128, 4)

    def forward(self, *, x: Float[Tensor, "b t 32"]) -> Float[Tensor, "b 4"]:
        _, (h_n, _) = self.rnn(x)
        both = torch.stack([h_n[-2], h_n[-1]], dim=-1)  # BUG: cat joins, stack makes a new axis
        return self.fc(both)


def main() -> None:
    torch.manual_seed(0)
    out = Head()(x=torch.randn(2, 5, 32))
    good = out.shape == (2, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
