"""chunk_of_gates

kind: crash   facet: shape   seen in: own LSTM cells
ideal static checker: four gates, three chunks
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Cell(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.x2h = nn.Linear(16, 4 * 32)
        self.h2h = nn.Linear(32, 4 * 32)

    def forward(
        self, *, x: Float[Tensor, "b 16"], h: Float[Tensor, "b 32"], c: Float[Tensor, "b 32"]
    ) -> Float[Tensor, "b 32"]:
        gates = self.x2h(x) + self.h2h(h)
        i, f, g, o = gates.chunk(4, dim=0)  # BUG: dim=1
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh()


def main() -> None:
    torch.manual_seed(0)
    good = Cell()(x=torch.randn(4, 16), h=torch.randn(4, 32), c=torch.randn(4, 32)).shape == (4, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
