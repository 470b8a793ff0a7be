"""310 positions_of_the_batch (fixed twin)

kind: silent   facet: axis   seen in: tanjimin/C.Origami#42, KasperGroesLudvigsen/influenza_transformer#9, neuracore#154
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class PositionalEncoding(nn.Module):
    def __init__(self, max_len: int = 512) -> None:
        super().__init__()
        self.pe = nn.Parameter(torch.randn(max_len, 64))

    def forward(self, *, x: Float[Tensor, "batch time 64"]) -> Float[Tensor, "batch time 64"]:
        return x + self.pe[: x.size(1)].unsqueeze(0)


def main() -> None:
    torch.manual_seed(0)
    out = PositionalEncoding()(x=torch.zeros(3, 5, 64))
    good = bool(torch.equal(out[0], out[1]))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
