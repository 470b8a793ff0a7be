"""scatter_graphs: message passing, softmax over neighbours and pooling by graph, all by scatters. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


def scatter_softmax(
    x: Float[Tensor, "edges heads"], index: Int64[Tensor, "edges"], size: int
) -> Float[Tensor, "edges heads"]:
    where = index.unsqueeze(-1).expand_as(x)
    top = x.new_full((size, x.shape[1]), -torch.inf).scatter_reduce(0, where, x, reduce="amax")
    e = torch.exp(x - top[index])
    total = x.new_zeros(size, x.shape[1]).scatter_add_(0, where, e)
    return e / total[index].clamp_min(1e-12)


class GATLayer(nn.Module):
    def __init__(self, d_in: int, d: int, heads: int) -> None:
        super().__init__()
        self.heads, self.d = heads, d
        self.lin = nn.Linear(d_in, heads * d, bias=False)
        self.source = nn.Parameter(torch.randn(1, heads, d))
        self.target = nn.Parameter(torch.randn(1, heads, d))

    def forward(
        self, x: Float[Tensor, "nodes d_in"], edges: Int64[Tensor, "2 edges"]
    ) -> Float[Tensor, "nodes {self.heads}*{self.d}"]:
        h = self.lin(x).view(-1, self.heads, self.d)
        src, dst = edges[0], edges[1]
        score = F.leaky_relu((h * self.source).sum(-1)[src] + (h * self.target).sum(-1)[dst], 0.2)
        alpha = scatter_softmax(score, dst, x.shape[0])
        message = h[src] * alpha.unsqueeze(-1)
        out = torch.zeros_like(h).index_add_(0, dst, message)
        return out.flatten(1)


def graph_mean(x: Float[Tensor, "nodes d"], graph: Int64[Tensor, "nodes"], graphs: int) -> Float[Tensor, "{graphs} d"]:
    total = x.new_zeros(graphs, x.size(1)).index_add(0, graph, x)
    count = torch.bincount(graph, minlength=graphs).clamp(min=1)
    return total / count[:, None]


def normalized_adjacency(edges: Int64[Tensor, "2 edges"], nodes: int) -> Float[Tensor, "{nodes} {nodes}"]:
    adjacency = torch.zeros(nodes, nodes)
    adjacency[edges[1], edges[0]] = 1.0
    adjacency = adjacency + torch.eye(nodes)
    scale = adjacency.sum(1).pow(-0.5)
    return scale[:, None] * adjacency * scale[None, :]


class GraphClassifier(nn.Module):
    def __init__(self, d_in: int, d: int, heads: int, classes: int) -> None:
        super().__init__()
        self.first = GATLayer(d_in, d, heads)
        self.second = GATLayer(heads * d, d, heads)
        self.head = nn.Linear(heads * d, classes)

    def forward(
        self, x: Float[Tensor, "nodes d_in"], edges: Int64[Tensor, "2 edges"], graph: Int64[Tensor, "nodes"]
    ) -> Float[Tensor, "graphs classes"]:
        h = F.elu(self.first(x, edges))
        h = F.elu(self.second(h, edges))
        return self.head(graph_mean(h, graph, int(graph.max()) + 1))


def main() -> None:
    torch.manual_seed(0)
    edges = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
    out = GraphClassifier(5, 4, 2, 3)(torch.randn(4, 5), edges, torch.tensor([0, 0, 1, 1]))
    print("GOOD", tuple(out.shape), tuple(normalized_adjacency(edges, 4).shape))


if __name__ == "__main__":
    main()
