"""A recommender of dense and sparse features: Naumov et al. 2019, arXiv:1906.00091."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


class MLP(nn.Module):
    def __init__(self, in_features: int, hidden: int, out_features: int) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden), nn.ReLU(), nn.Linear(hidden, out_features), nn.ReLU()
        )

    def forward(self, x: Float[Tensor, "b {self.in_features}"]) -> Float[Tensor, "b {self.out_features}"]:
        return self.layers(x)


class SparseFeatures(nn.Module):
    """One bag of indices for each table."""

    def __init__(self, num_embeddings: list[int], dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.tables = nn.ModuleList([nn.EmbeddingBag(n, dim, mode="sum") for n in num_embeddings])

    def forward(
        self, indices: list[Int[Tensor, "total"]], offsets: list[Int[Tensor, "b"]]
    ) -> Float[Tensor, "b tables {self.dim}"]:
        pooled = [table(index, offset) for table, index, offset in zip(self.tables, indices, offsets, strict=True)]
        out = torch.stack(pooled, dim=1)
        reveal(out)  # N: Revealed neural type is Shaped[Tensor, "b _ dim"]
        return out


class OneHotFeatures(nn.Module):
    """One index for each of the categories, in one table."""

    offsets: Tensor

    def __init__(self, sizes: list[int], dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.embedding = nn.Embedding(sum(sizes), dim)
        starts = torch.tensor([0, *sizes[:-1]]).cumsum(0)
        self.register_buffer("offsets", starts)

    def forward(self, x: Int[Tensor, "b fields"]) -> Float[Tensor, "b fields {self.dim}"]:
        out = self.embedding(x + self.offsets.unsqueeze(0))
        reveal(out)  # N: Revealed neural type is Any
        return out


class Interaction(nn.Module):
    """The products of all pairs of features, beside the dense one."""

    def forward(self, dense: Float[Tensor, "b d"], sparse: Float[Tensor, "b f d"]) -> Float[Tensor, "b d+(f+1)*f//2"]:
        combined = torch.cat((dense.unsqueeze(1), sparse), dim=1)
        interactions = torch.bmm(combined, combined.transpose(1, 2))
        _, n, _ = interactions.shape
        rows, columns = torch.tril_indices(n, n, offset=-1)
        pairs = interactions[:, rows, columns]
        out = torch.cat((dense, pairs), dim=1)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b (f*f+f)//2+d"]
        return out


class FactorizationMachine(nn.Module):
    def forward(self, x: Float[Tensor, "b f d"]) -> Float[Tensor, "b 1"]:
        square_of_sum = torch.sum(x, dim=1) ** 2
        sum_of_square = torch.sum(x**2, dim=1)
        out = 0.5 * (square_of_sum - sum_of_square).sum(1, keepdim=True)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b 1"]
        return out


class DLRM(nn.Module):
    def __init__(self, dense_features: int, sizes: list[int], dim: int) -> None:
        super().__init__()
        self.dense_features = dense_features
        self.dim = dim
        features = len(sizes) + 1
        self.bottom = MLP(dense_features, 4 * dim, dim)
        self.sparse = SparseFeatures(sizes, dim)
        self.interaction = Interaction()
        self.machine = FactorizationMachine()
        self.top = nn.Sequential(
            nn.Linear(dim + features * (features - 1) // 2, 2 * dim), nn.ReLU(), nn.Linear(2 * dim, 1)
        )

    def forward(
        self,
        dense: Float[Tensor, "b {self.dense_features}"],
        indices: list[Int[Tensor, "total"]],
        offsets: list[Int[Tensor, "b"]],
    ) -> Float[Tensor, "b"]:
        embedded = self.bottom(dense)
        pooled = self.sparse(indices, offsets)
        combined = self.interaction(embedded, pooled)
        logits = self.top(combined) + self.machine(pooled)
        scores = torch.sigmoid(logits).squeeze(-1)
        reveal(scores)  # N: Revealed neural type is Float[Tensor, "b"]
        return scores


def check() -> tuple[Tensor, Tensor]:
    sizes = [50, 30, 20]
    model = DLRM(dense_features=13, sizes=sizes, dim=8)
    indices = [torch.randint(0, 20, (9,)) for _ in sizes]
    offsets = [torch.tensor([0, 2, 5, 6]) for _ in sizes]
    scores = model(torch.randn(4, 13), indices, offsets)
    embedded = OneHotFeatures(sizes, dim=8)(torch.randint(0, 20, (4, 3)))
    return reveal((scores, embedded))  # N: is tuple[Float[Tensor, "batch=4"], Float[Tensor, "batch=4 3 8"]]
