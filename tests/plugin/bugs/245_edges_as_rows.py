"""edges_as_rows

kind: crash   facet: axis   seen in: pyg-team/pytorch_geometric, edge_index of shape [num_edges, 2]
ideal static checker: edge_index "e 2" into a function of "2 e"
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def propagate(x: Float[Tensor, "nodes d"], edge_index: Int[Tensor, "2 edges"]) -> Float[Tensor, "nodes d"]:
    source, target = edge_index
    return torch.zeros_like(x).index_add(0, target, x[source])


class GraphNet(nn.Module):
    def __init__(self, d_in: int, d: int) -> None:
        super().__init__()
        self.embed = nn.Linear(d_in, d)
        self.update = nn.Linear(d, d)

    def forward(self, x: Float[Tensor, "nodes d_in"], pairs: Int[Tensor, "edges 2"]) -> Float[Tensor, "nodes d"]:
        h = self.embed(x)
        return torch.relu(self.update(propagate(h, pairs)))  # BUG: not transposed


def main() -> None:
    torch.manual_seed(0)
    out = GraphNet(3, 4)(torch.randn(5, 3), torch.tensor([[0, 1], [1, 2], [2, 3]]))
    print("GOOD" if out.shape == (5, 4) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
