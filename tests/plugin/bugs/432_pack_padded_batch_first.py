"""432 pack_padded_batch_first

kind: crash   facet: axis   seen in: forum: "Expected `len(lengths)` to be equal to batch_size"
ideal static checker: pack_padded_sequence(batch_first=False) reads "batch time 40" as (time, batch, ...)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(40, 32, batch_first=True)

    def forward(self, *, x: Float[Tensor, "batch time 40"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch 32"]:
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)  # BUG: batch_first=True
        _, h = self.rnn(packed)
        return h[-1]


def main() -> None:
    torch.manual_seed(0)
    out = Enc()(x=torch.randn(3, 6, 40), lengths=torch.tensor([6, 2, 4]))
    good = out.shape == (3, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
