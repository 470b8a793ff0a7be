"""408_bonds_have_no_axis_of_heads (fixed twin)

kind: crash   facet: shape   seen in: snap-stanford/pretrain-gnns#40
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class GATConv(nn.Module):
    def __init__(self, dim: int, heads: int = 2, bond_types: int = 6) -> None:
        super().__init__()
        self.dim, self.heads = dim, heads
        self.project = nn.Linear(dim, heads * dim)
        self.bonds = nn.Embedding(bond_types, heads * dim)
        self.att = nn.Parameter(torch.randn(1, heads, 2 * dim))

    def forward(
        self,
        x: Float[Tensor, "nodes {self.dim}"],
        edge_index: Int[Tensor, "2 edges"],
        edge_type: Int[Tensor, "edges"],
    ) -> Float[Tensor, "nodes {self.dim}"]:
        source, target = edge_index[0], edge_index[1]
        nodes = x.size(0)
        x = self.project(x).view(-1, self.heads, self.dim)
        x_j = x[source] + self.bonds(edge_type).view(-1, self.heads, self.dim)
        alpha = F.leaky_relu((torch.cat([x[target], x_j], dim=-1) * self.att).sum(dim=-1), 0.2)
        weights = torch.exp(alpha - alpha.max())
        total = torch.zeros(nodes, self.heads).index_add(0, target, weights)
        messages = x_j * (weights / (total[target] + 1e-16)).unsqueeze(-1)
        return torch.zeros(nodes, self.heads, self.dim).index_add(0, target, messages).mean(dim=1)


def main() -> None:
    torch.manual_seed(0)
    edges = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
    out = GATConv(8)(torch.randn(4, 8), edges, torch.tensor([0, 1, 0, 5]))
    print("GOOD" if out.shape == (4, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
