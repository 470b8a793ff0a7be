"""Values that are made in one place and used in another: tables, initial weights, slices, classes that are handed in."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int
from neuraltypes import reveal
from torch import Tensor, nn


def embeddings(i: Int[Tensor, "b t"], table: Float[Tensor, "v d"], row: Float[Tensor, "v"]) -> None:
    embedding = nn.Embedding.from_pretrained(table, True, padding_idx=0)
    reveal(embedding(i))  # N: Float[Tensor, "b t d"]
    reveal(embedding.weight)  # N: Shaped[Tensor, "v d"]
    nn.Linear(7, 2)(nn.Embedding.from_pretrained(torch.zeros(10, 7), freeze=False)(i))
    nn.Linear(8, 2)(nn.Embedding.from_pretrained(torch.zeros(10, 7), freeze=False)(i))  # E: [shape-mismatch]
    reveal(nn.EmbeddingBag.from_pretrained(table, mode="sum")(i))  # N: Float[Tensor, "b d"]
    reveal(nn.Embedding.from_pretrained(row))  # N: Any


def unknown_table(i: Int[Tensor, "b t"], table: Tensor) -> None:
    reveal(nn.Embedding.from_pretrained(table)(i))  # N: Any


def frequencies(n: int, signal: Float[Tensor, "b t"]) -> Float[Tensor, "b t//2+1"]:
    reveal(torch.fft.fftfreq(10))  # N: Float32[Tensor, "10"]
    reveal(torch.fft.rfftfreq(n, d=0.1))  # N: Float32[Tensor, "n//2+1"]
    spectrum = torch.fft.rfft(signal).abs()
    spectrum * torch.fft.fftfreq(signal.shape[1])  # E: [shape-mismatch]
    return spectrum * torch.fft.rfftfreq(signal.shape[1])


class Linear(nn.Module):
    def __init__(self, d: int, e: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(e, d)))
        self.bias = nn.Parameter(nn.init.zeros_(torch.empty(e)))
        nn.init.kaiming_normal_(self.bias)  # E: Argument "tensor" to "kaiming_normal_" has 1 axis, expected 2 or more
        self.d, self.e = d, e

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.e}"]:
        x @ self.weight  # E: [shape-mismatch]
        return x @ self.weight.T + self.bias


def slices(x: Float[Tensor, "b t d"], y: Float[Tensor, "8 6"], n: int) -> None:
    first = slice(0, 3)
    reveal(y[first])  # N: Float[Tensor, "3 6"]
    reveal(y[:, first])  # N: Float[Tensor, "8 3"]
    behind = slice(1, None)
    reveal(x[:, behind])  # N: Float[Tensor, "b t-1 d"]
    y[:, first] @ y  # E: [shape-mismatch]
    for part in (slice(0, 2), slice(2, 5)):
        reveal(y[part])  # N: Float[Tensor, "..."]
    either = slice(0, 2)
    if n > 3:
        either = slice(0, 4)
    reveal(y[either])  # N: Float[Tensor, "..."]


def given_slice(y: Float[Tensor, "8 6"], part: slice, n: int) -> None:
    if n > 3:
        part = slice(0, 4)
    reveal(y[part])  # N: Float[Tensor, "..."]


def ranges(x: Float[Tensor, "b t d"], y: Float[Tensor, "8 6"], n: int) -> None:
    reveal(y[:, range(3)])  # N: Float[Tensor, "8 3"]
    reveal(y[list(range(1, 8, 2))])  # N: Float[Tensor, "4 6"]
    reveal(x[:, range(3)])  # N: Float[Tensor, "b 3 d"]
    reveal(x.permute(*range(2, -1, -1)))
    reveal(y[tuple(range(2))])  # N: Float[Tensor, ""]
    reveal(y[:, range(n)])  # N: Float[Tensor, "..."]
    y[list(range(9))]  # E: [shape-mismatch]


@final
class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b {self.width}"]:
        return x


class Open(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b {self.width}"]:
        return x


class Stage(nn.Module):
    """What a class makes that nobody derives from is of that class; another may be of one with other sizes."""

    def __init__(self, kind: type[Block], other: type[Open]) -> None:
        super().__init__()
        self.one = kind(4)
        self.rows = nn.Sequential(kind(4), kind(5))
        self.other = other(4)

    def forward(self, x: Float[Tensor, "b 4"], y: Float[Tensor, "b 5"]) -> Float[Tensor, "b 4"]:
        self.one(y)  # E: [shape-mismatch]
        self.rows(x)  # E: [shape-mismatch]
        self.other(y)
        return self.one(x)


def masks(scores: Float[Tensor, "8 6"]) -> Bool[Tensor, "3 6"]:
    part = slice(5, 8)
    return (scores > 0)[part]
