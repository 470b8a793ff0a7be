"""336 edges_offset_by_graphs

kind: silent   facet: semantic   seen in: phlippe/uvadlc_notebooks#5
ideal static checker: the offset of graph i in the flattened nodes is i * nodes, not i * graphs
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class EdgeScores(nn.Module):
    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.projection = nn.Linear(c_in, c_out)
        self.a = nn.Parameter(torch.randn(2 * c_out))

    def forward(
        self, node_feats: Float[Tensor, "graphs nodes c_in"], adj: Int[Tensor, "graphs nodes nodes"]
    ) -> Float[Tensor, "edges"]:
        graphs, nodes = node_feats.size(0), node_feats.size(1)
        x = self.projection(node_feats)
        edges = adj.nonzero(as_tuple=False)
        flat = x.view(graphs * nodes, -1)
        rows = edges[:, 0] * graphs + edges[:, 1]  # BUG: a graph has `nodes` rows
        cols = edges[:, 0] * nodes + edges[:, 2]
        pairs = torch.cat([flat[rows], flat[cols]], dim=-1)
        return F.leaky_relu(pairs @ self.a, 0.2)


def main() -> None:
    torch.manual_seed(0)
    m, x = EdgeScores(3, 4), torch.randn(2, 5, 3)
    adj = torch.ones(2, 5, 5, dtype=torch.long)
    both = m(x, adj)
    good = torch.allclose(both[25:], m(x[1:], adj[1:]), atol=1e-5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
