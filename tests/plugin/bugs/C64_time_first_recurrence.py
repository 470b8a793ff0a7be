"""C64 time_first_recurrence: a time-first LSTM between two transpositions; states of both directions joined. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(80, 32, num_layers=2, bidirectional=True)

    def forward(
        self, *, x: Float[Tensor, "batch time 80"]
    ) -> tuple[Float[Tensor, "batch time 64"], Float[Tensor, "batch 64"]]:
        out, (h, _) = self.rnn(x.transpose(0, 1))
        last = torch.cat((h[-2], h[-1]), dim=-1)
        return out.transpose(0, 1), last


def main() -> None:
    torch.manual_seed(0)
    out, last = Enc()(x=torch.randn(3, 5, 80))
    print("GOOD", tuple(out.shape), tuple(last.shape))


if __name__ == "__main__":
    main()
