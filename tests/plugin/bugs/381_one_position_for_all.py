"""381_one_position_for_all

kind: silent   facet: shape   seen in: DiffPoseTalk/DiffPoseTalk#20
ideal static checker: pe[:, t] is one position, "1 d", which is added to all; a slice pe[:, :t] is wanted
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class PositionalEncoding(NeuralModule):
    pe: Tensor

    def __init__(self, *, d_model: int, max_len: int = 600) -> None:
        super().__init__()
        self.d_model = d_model
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2] = torch.sin(position * div_term)
        pe[0, :, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)
        self.dropout = nn.Dropout(0.0)

    def forward(self, *, x: Float[Tensor, "batch time {self.d_model}"]) -> Float[Tensor, "batch time {self.d_model}"]:
        x = x + self.pe[:, x.shape[1], :]  # BUG: the colon before x.shape is missing
        return self.dropout(x)


def main() -> None:
    torch.manual_seed(0)
    out = PositionalEncoding(d_model=8)(x=torch.zeros(2, 5, 8))
    print("SILENT-WRONG" if torch.equal(out[:, 0], out[:, 1]) else "GOOD")


if __name__ == "__main__":
    main()
