"""positions_of_examples

kind: silent   facet: axis   seen in: AkiRusProd/numpy-transformer#1, songyangco/GETNext#2
ideal static checker: the table "max_len 1 d", sliced by the batch's size, is added along the batch
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class PositionalEncoding(nn.Module):
    pe: Tensor

    def __init__(self, d_model: int, max_len: int = 100) -> None:
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        rate = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, 1, d_model)
        pe[:, 0, 0::2] = torch.sin(position * rate)
        pe[:, 0, 1::2] = torch.cos(position * rate)
        self.register_buffer("pe", pe)

    def forward(self, x: Float[Tensor, "batch time d_model"]) -> Float[Tensor, "batch time d_model"]:
        return x + self.pe[: x.size(0)]  # BUG: written for time first


def main() -> None:
    torch.manual_seed(0)
    m, x = PositionalEncoding(8), torch.zeros(3, 5, 8)
    out = m(x)
    print("GOOD" if torch.equal(out[0], out[1]) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
