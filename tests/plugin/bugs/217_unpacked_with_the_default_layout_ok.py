"""unpacked_with_the_default_layout (fixed twin)

kind: silent   facet: axis   seen in: pytorch/pytorch#1176
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(30, 50, batch_first=True)

    def forward(
        self, x: Float[Tensor, "batch time 30"], lengths: Int[Tensor, "batch"]
    ) -> Float[Tensor, "batch time 50"]:
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        hidden, _ = self.lstm(packed)
        out, _ = pad_packed_sequence(hidden, batch_first=True, total_length=x.shape[1])
        return out


def main() -> None:
    torch.manual_seed(0)
    out = Encoder()(torch.randn(3, 7, 30), torch.tensor([7, 5, 2]))
    print("GOOD" if out.shape == (3, 7, 50) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
