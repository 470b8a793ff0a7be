"""packed_lengths_on_features

kind: crash   facet: kind   seen in: forum, PackedSequence into Linear
ideal static checker: a PackedSequence is no tensor
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(8, 16, batch_first=True)
        self.fc = nn.Linear(16, 2)

    def forward(self, *, x: Float[Tensor, "b t 8"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b 2"]:
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, h = self.rnn(packed)
        return self.fc(h)  # BUG: h is "1 b 16": h[-1]


def main() -> None:
    torch.manual_seed(0)
    good = Enc()(x=torch.randn(2, 5, 8), lengths=torch.tensor([5, 3])).shape == (2, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
