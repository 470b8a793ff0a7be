"""Graph networks that gather and scatter along edges: Hamilton et al. 2017, arXiv:1706.02216; Velickovic et al. 2018."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


def scatter_sum(
    src: Float[Tensor, "edges c"], index: Int[Tensor, "edges"], num_nodes: int
) -> Float[Tensor, "{num_nodes} c"]:
    index = index.unsqueeze(-1).expand_as(src)
    out = torch.zeros(num_nodes, src.size(1), dtype=src.dtype, device=src.device)
    out = out.scatter_add_(0, index, src)
    reveal(out)  # N: Revealed neural type is Float[Tensor, "num_nodes c"]
    return out


def scatter_softmax(
    src: Float[Tensor, "edges heads"], index: Int[Tensor, "edges"], num_nodes: int
) -> Float[Tensor, "edges heads"]:
    expanded = index[:, None].expand(-1, src.size(1))
    largest = src.new_full((num_nodes, src.size(1)), float("-inf"))
    largest = largest.scatter_reduce(0, expanded, src, reduce="amax")
    out = (src - largest.gather(0, expanded)).exp()
    total = scatter_sum(out, index, num_nodes)
    out = out / (total[index] + 1e-16)
    reveal(out)  # N: Revealed neural type is Float[Tensor, "edges channel=heads"]
    return out


class SAGEConv(nn.Module):
    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.lin_l = nn.Linear(in_channels, out_channels)
        self.lin_r = nn.Linear(in_channels, out_channels, bias=False)

    def forward(
        self, x: Float[Tensor, "nodes {self.in_channels}"], edge_index: Int[Tensor, "2 edges"]
    ) -> Float[Tensor, "nodes {self.out_channels}"]:
        src, dst = edge_index[0], edge_index[1]
        messages = x[src]
        agg = torch.zeros_like(x)
        agg.index_add_(0, dst, messages)
        degree = torch.zeros(x.size(0), device=x.device)
        degree.index_add_(0, dst, torch.ones(dst.size(0), device=x.device))
        agg = agg / degree.clamp(min=1).unsqueeze(-1)
        out = self.lin_l(agg) + self.lin_r(x)
        out = F.normalize(out, p=2, dim=-1)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "nodes out_channels"]
        return out


class GATConv(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, heads: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.heads = heads
        self.lin = nn.Linear(in_channels, heads * out_channels, bias=False)
        self.att_src = nn.Parameter(torch.empty(1, heads, out_channels))
        self.att_dst = nn.Parameter(torch.empty(1, heads, out_channels))
        nn.init.xavier_uniform_(self.att_src)
        nn.init.xavier_uniform_(self.att_dst)

    def forward(
        self, x: Float[Tensor, "nodes {self.in_channels}"], edge_index: Int[Tensor, "2 edges"]
    ) -> Float[Tensor, "nodes {self.heads}*{self.out_channels}"]:
        num_nodes = x.size(0)
        h = self.lin(x).view(-1, self.heads, self.out_channels)
        alpha_src = (h * self.att_src).sum(dim=-1)
        alpha_dst = (h * self.att_dst).sum(dim=-1)
        src, dst = edge_index
        alpha = F.leaky_relu(alpha_src[src] + alpha_dst[dst], 0.2)
        alpha = scatter_softmax(alpha, dst, num_nodes)
        messages = h[src] * alpha.unsqueeze(-1)
        out = scatter_sum(messages.flatten(1), dst, num_nodes)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "nodes channel=heads*out_channels"]
        return out


class GraphSAGE(nn.Module):
    def __init__(self, in_channels: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.classes = classes
        self.conv1 = SAGEConv(in_channels, hidden)
        self.conv2 = GATConv(hidden, hidden, heads=2)
        self.lin = nn.Linear(2 * hidden, classes)

    def forward(
        self,
        x: Float[Tensor, "nodes {self.in_channels}"],
        edge_index: Int[Tensor, "2 edges"],
        batch: Int[Tensor, "nodes"],
        num_graphs: int,
    ) -> Float[Tensor, "{num_graphs} {self.classes}"]:
        x = F.relu(self.conv1(x, edge_index))
        x = F.dropout(x, p=0.5, training=self.training)
        x = F.elu(self.conv2(x, edge_index))
        pooled = scatter_sum(x, batch, num_graphs)
        count = torch.bincount(batch, minlength=num_graphs).clamp(min=1)
        pooled = pooled / count[:, None]
        logits = self.lin(pooled)
        reveal(logits)  # N: Revealed neural type is Float[Tensor, "_ classes"]
        return logits


def check() -> Tensor:
    model = GraphSAGE(in_channels=5, hidden=8, classes=3)
    edges, batch = torch.randint(0, 11, (2, 30)), torch.randint(0, 4, (11,))
    return reveal(model(torch.randn(11, 5), edges, batch, 4))  # N: Revealed neural type is Float[Tensor, "4 3"]
