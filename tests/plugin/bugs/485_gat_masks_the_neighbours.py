"""485 gat_masks_the_neighbours

kind: silent   facet: semantic   seen in: GAT ports: torch.where(adj > 0, e, -9e15) turned around
ideal static checker: the scores of the edges (adj > 0) are filled with -inf before the softmax
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class GraphAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Linear(16, 32)
        self.src = nn.Linear(32, 1)
        self.dst = nn.Linear(32, 1)

    def forward(self, *, x: Float[Tensor, "n 16"], adj: Float[Tensor, "n n"]) -> Float[Tensor, "n 32"]:
        h = self.w(x)
        e = F.leaky_relu(self.src(h) + self.dst(h).t())
        e = e.masked_fill(adj > 0, -1e9)  # BUG: fills the edges, adj == 0 is meant
        return torch.softmax(e, dim=-1) @ h


def main() -> None:
    torch.manual_seed(0)
    m, x = GraphAttention(), torch.randn(5, 16)
    good = bool(torch.allclose(m(x=x, adj=torch.eye(5)), m.w(x), atol=1e-5))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
