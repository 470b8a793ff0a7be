"""C97 messages_along_edges: attention normalized by index, degrees on both sides, bonds with heads, readout by graph. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule


def softmax_by_target(
    scores: Float[Tensor, "edges heads"], target: Int[Tensor, "edges"], nodes: int
) -> Float[Tensor, "edges heads"]:
    index = target.unsqueeze(-1).expand_as(scores)
    top = torch.full((nodes, scores.size(1)), float("-inf")).scatter_reduce(0, index, scores, reduce="amax")
    weights = torch.exp(scores - top[target])
    total = torch.zeros_like(top).scatter_add(0, index, weights)
    return weights / (total[target] + 1e-16)


class EdgeAttention(NeuralModule):
    def __init__(self, *, d: int, heads: int, bonds: int) -> None:
        super().__init__()
        self.d, self.heads = d, heads
        self.project = nn.Linear(d, heads * d, bias=False)
        self.bonds = nn.Embedding(bonds, heads * d)
        self.left = nn.Parameter(torch.randn(heads, d))
        self.right = nn.Parameter(torch.randn(heads, d))

    def forward(
        self,
        *,
        x: Float[Tensor, "nodes {self.d}"],
        edge_index: Int[Tensor, "2 edges"],
        bond: Int[Tensor, "edges"],
    ) -> Float[Tensor, "nodes {self.heads}*{self.d}"]:
        source, target = edge_index
        h = self.project(x).unflatten(-1, (self.heads, self.d))
        message = h[source] + self.bonds(bond).view(-1, self.heads, self.d)
        scores = (h[target] * self.left).sum(-1) + (message * self.right).sum(-1)
        alpha = softmax_by_target(F.leaky_relu(scores, 0.2), target, x.size(0))
        out = torch.zeros_like(h).index_add(0, target, message * alpha[..., None])
        return out.flatten(1)


class DenseGCN(NeuralModule):
    def __init__(self, *, d_in: int, d_out: int) -> None:
        super().__init__()
        self.d_in, self.d_out = d_in, d_out
        self.linear = nn.Linear(d_in, d_out)

    def forward(
        self, *, x: Float[Tensor, "batch nodes {self.d_in}"], adjacency: Float[Tensor, "batch nodes nodes"]
    ) -> Float[Tensor, "batch nodes {self.d_out}"]:
        adjacency = adjacency + torch.eye(x.size(1))
        scale = adjacency.sum(dim=-1).rsqrt()
        normalized = scale.unsqueeze(-1) * adjacency * scale.unsqueeze(1)
        return F.relu(normalized @ self.linear(x))


class DenseGAT(NeuralModule):
    """Row i holds what node i hears: weights over the senders, the last axis."""

    def __init__(self, *, d: int) -> None:
        super().__init__()
        self.hear, self.say = nn.Linear(d, 1), nn.Linear(d, 1)

    def forward(
        self, *, x: Float[Tensor, "batch nodes d"], adjacency: Float[Tensor, "batch nodes nodes"]
    ) -> Float[Tensor, "batch nodes d"]:
        scores = F.leaky_relu(self.hear(x) + self.say(x).transpose(1, 2), 0.2)
        weights = scores.masked_fill(adjacency == 0, -1e9).softmax(dim=-1)
        return weights @ x


def readout(x: Float[Tensor, "nodes d"], graph: Int[Tensor, "nodes"], graphs: int) -> Float[Tensor, "graphs d"]:
    sums = x.new_zeros(graphs, x.size(1)).index_add(0, graph, x)
    return sums / torch.bincount(graph, minlength=graphs).clamp(min=1).unsqueeze(1)


def main() -> None:
    torch.manual_seed(0)
    edges = torch.tensor([[0, 1, 2, 0], [1, 2, 0, 2]])
    x = EdgeAttention(d=4, heads=2, bonds=3)(x=torch.randn(3, 4), edge_index=edges, bond=torch.tensor([0, 1, 2, 0]))
    dense, adjacency = torch.randn(2, 3, 4), torch.ones(2, 3, 3)
    hidden = DenseGCN(d_in=4, d_out=5)(x=dense, adjacency=adjacency)
    print(
        "GOOD",
        tuple(x.shape),
        tuple(DenseGAT(d=5)(x=hidden, adjacency=adjacency).shape),
        tuple(readout(x, torch.tensor([0, 0, 1]), 2).shape),
    )


if __name__ == "__main__":
    main()
