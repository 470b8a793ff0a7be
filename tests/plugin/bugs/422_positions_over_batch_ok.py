"""422 positions_over_batch (fixed twin)

kind: silent   facet: axis   seen in: songyangco/GETNext#2, tanjimin/C.Origami#42, pytorch/tutorials#1547
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Positions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(512, 64))

    def forward(self, *, x: Float[Tensor, "batch time 64"]) -> Float[Tensor, "batch time 64"]:
        pe = self.table[: x.size(1)].unsqueeze(0)
        return x + pe


def main() -> None:
    torch.manual_seed(0)
    m = Positions()
    out = m(x=torch.zeros(3, 5, 64))
    good = bool(torch.allclose(out[0], m.table[:5]))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
