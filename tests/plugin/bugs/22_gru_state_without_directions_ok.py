"""gru_state_without_directions (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow, Expected hidden size (4, 2, 16)
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(8, 16, num_layers=2, bidirectional=True, batch_first=True)

    def forward(self, x: Float[Tensor, "b t 8"]) -> Float[Tensor, "b t 32"]:
        h = torch.zeros(4, x.shape[0], 16)
        return self.rnn(x, h)[0]


def main() -> None:
    torch.manual_seed(0)
    out = Tagger()(torch.randn(2, 5, 8))
    print("GOOD" if out.shape == (2, 5, 32) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
