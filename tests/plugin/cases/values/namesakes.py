"""An axis that bears the name of a constructor's `int` meets that size of the class alone; a letter may be anything."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class SwappedBoth(nn.Module):
    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(d_ff, d_model)
        self.fc2 = nn.Linear(d_model, d_ff)

    def forward(self, x: Float[Tensor, "b t d_model"]) -> Float[Tensor, "b t d_model"]:
        h = torch.relu(self.fc1(x))  # E: axis -1 is d_model, expected d_ff ("{self.in_features}")  [shape-mismatch]
        return self.fc2(h)  # E: [return-value]


class Positions(nn.Module):
    def __init__(self, d_model: int, max_len: int) -> None:
        super().__init__()
        self.table = nn.Embedding(d_model, max_len)

    def forward(self, x: Float[Tensor, "b t d_model"]) -> Float[Tensor, "b t d_model"]:
        return x + self.table(torch.arange(x.size(1)))  # E: do not broadcast  [shape-mismatch]


class ResultAlone(nn.Module):
    def __init__(self, width: int, vocab: int) -> None:
        super().__init__()
        self.head = nn.Linear(vocab, width)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t vocab"]:
        return self.head(x)  # E: axis -1 is d, expected vocab ("{self.in_features}")  [shape-mismatch]


class OtherNames(nn.Module):
    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.depth = depth
        self.fc = nn.Linear(width, width)
        self.table = nn.Embedding(depth, width)

    def forward(self, x: Float[Tensor, "b t features"], i: Int[Tensor, "b t"]) -> Float[Tensor, "b t features"]:
        return self.fc(x) + self.table(i)


class Letters(nn.Module):
    def __init__(self, h: int, d: int) -> None:
        super().__init__()
        self.h = h
        self.fc = nn.Linear(d, d)

    def forward(self, x: Float[Tensor, "b c h"]) -> Float[Tensor, "b c h"]:
        return self.fc(x)


class NoSize(nn.Module):
    def __init__(self, features: nn.Module, width: int) -> None:
        super().__init__()
        self.features = features
        self.fc = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "b features"]) -> Float[Tensor, "b features"]:
        return self.fc(x)


class Heads(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.d_head = d_model // n_heads
        self.one = nn.Linear(d_model, self.d_head)
        self.all = nn.Linear(d_model, d_model)

    def forward(self, x: Float[Tensor, "b t d_model"]) -> None:
        b, t, _ = x.shape
        self.all(x).view(b, t, self.n_heads, self.d_head)
        self.one(x).view(b, t, self.n_heads, self.d_head)  # E: asks for  [shape-mismatch]


class Factors(nn.Module):
    def __init__(self, rank: int, v_dim: int) -> None:
        super().__init__()
        self.v = nn.Parameter(torch.empty(v_dim, rank))


class OfInput(Factors):
    def __init__(self, rank: int, d_in: int, d_other: int) -> None:
        super().__init__(rank, v_dim=d_in)
        self.other = nn.Linear(d_other, rank)

    def forward(self, x: Float[Tensor, "*rest d_in"]) -> Float[Tensor, "*rest rank"]:
        self.other(x)  # E: axis -1 is d_in, expected d_other ("{self.in_features}")  [shape-mismatch]
        return torch.einsum("...i,ir->...r", x, self.v)


class OfConfig(nn.Module):
    def __init__(self, config: nn.Module, d_model: int) -> None:
        super().__init__()
        self.hidden = int(getattr(config, "hidden", d_model))
        self.fc = nn.Linear(self.hidden, d_model)

    def forward(self, x: Float[Tensor, "b t d_model"]) -> Float[Tensor, "b t d_model"]:
        return self.fc(x)
