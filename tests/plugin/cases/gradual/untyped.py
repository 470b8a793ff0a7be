"""What torch leaves untyped may go where something else than a tensor is wanted, and so may what it is computed to."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from neuraltypes import reveal


def of_a_loop(x: Tensor, values: list[float]) -> int:
    index = min(range(len(values)), key=lambda i: values[i])
    rows = torch.cat([x.repeat(3, 1), x.repeat(2, 1)]).unique(dim=0)
    for dim in range(3):
        index = rows[:, dim].long()
    return index


def wanted(x: Float[Tensor, "b 32"], y: Float[Tensor, "b"]) -> float:
    norm = x.norm(dim=-1)
    number = 1.0
    number = norm.exp()
    number = 1 - norm.exp()
    number = y + norm
    number = -norm.T
    number = y.exp()  # E: Incompatible types in assignment  [assignment]
    return number * 2 + norm.mean()


def operands(x: Float[Tensor, "b 32"], factor: float) -> None:
    norm = x.norm(dim=-1)
    reveal(1 - x.norm(dim=-1))  # N: Float[Tensor, "b"]
    reveal(factor * norm.exp())  # N: Float[Tensor, "b"]
    reveal(2 * (1 - norm))  # N: Float[Tensor, "b"]
    total: float = 2 * (1 - norm) + 1
    del total


def by_names_of_numpy(x: Float[Tensor, "b 32"]) -> None:
    norm = x.norm(dim=-1)
    norm.exp().mean(dim=-1, keepdims=True)
    x.mean(dim=-1, keepdims=True)  # E: keepdims  [call-overload] # E: No overload variant  [call-overload]


class Begun:
    """What begins as None, and in another method, takes what plain mypy does not know."""

    def __init__(self) -> None:
        self.share = None
        self.parts = None
        self.mean = None

    def fit(self, x: Tensor, count: int) -> None:
        assert x.ndim == 2
        u, s, v = torch.linalg.svd(x, full_matrices=False)
        self.share = s**2 / (s**2).sum()
        self.parts = v[:count, :].T
        self.mean = x * 2  # E: [assignment]


class Split:
    """A tuple that is extended by one that plain mypy does not know may be kept where a tuple of one length was."""

    def fill(self, x: Float[Tensor, "b"], size: int) -> None:
        self.parts = (torch.arange(3),)
        self.parts = (torch.arange(3),) + x.split(size)
        self.others = (torch.arange(3),)
        self.others = (torch.arange(3),) + (x, x)  # E: [assignment]


def graphs_by_number(graphs: np.ndarray, mask: Tensor, names: list[str]) -> None:
    for i in torch.where(mask)[0]:
        graph = graphs[i]
        graph.x = graph.x + 1
        names[i] + 1  # E: [operator]
    graphs[3:4].x  # E: [attr-defined]


def unpacked(x: Float[Tensor, "b t"], names: list[str], ids: Tensor, first: int) -> None:
    names, counts = x.unique(return_counts=True)
    ids, counts = x.unique(return_counts=True)
    first, (names, *rest) = x.norm(), x.unique(return_counts=True)
    names, counts = torch.max(x, 1)  # E: variable has type "list[str]"  [assignment]
    ids + counts


def in_containers(x: Float[Tensor, "b t"], y: Float[Tensor, "b t"], some: bool) -> None:
    if some:
        pair, items = (x.unique(), 1), [x.norm(dim=0)]
        reveal(items[0])  # N: is Float[Tensor, "t"]
    else:
        pair, items = (None, 1), [None]
    both = (y.unique(), x)
    both = (None, y)
    both = (None, 3)  # E: Incompatible types in assignment  [assignment]
    del pair, items, both
