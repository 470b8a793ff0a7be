"""Parameters and buffers: known where they are made once from sizes, unknown otherwise."""

import math
from typing import Any, cast

import torch
from jaxtyping import Bool, Float
from neuraltypes import reveal
from torch import Tensor, nn


class Tables(nn.Module):
    mask: Bool[Tensor, "512 512"]
    scale: Tensor
    pe: Tensor

    def __init__(self, d: int, length: int = 512) -> None:
        super().__init__()
        self.d = d
        self.pos = nn.Parameter(torch.randn(1, length, d) * 0.02)
        self.cls = nn.Parameter(torch.zeros(d))
        self.fixed = nn.Parameter(torch.zeros(3, 64))
        self.register_buffer("mask", torch.ones(512, 512).triu(1).bool())
        self.register_buffer("scale", torch.tensor(1.0))
        pe = torch.zeros(length, d)
        position = torch.arange(length).unsqueeze(1)
        div = torch.exp(torch.arange(0, d, 2) * (-math.log(10000.0) / d))
        pe[:, 0::2] = torch.sin(position * div)
        pe[:, 1::2] = torch.cos(position * div)
        self.register_buffer("pe", pe.unsqueeze(0), persistent=False)
        self.gates = nn.ParameterList([nn.Parameter(torch.ones(d)) for _ in range(3)])
        self.named = nn.ParameterDict({"a": nn.Parameter(torch.ones(d))})
        self.maybe: nn.Parameter | None = None
        if length > 10:
            self.maybe = nn.Parameter(torch.zeros(d))
        self.register_parameter("bias", None)
        self.plain = torch.arange(d)

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        b, t, _ = x.shape
        x = x + self.pos[:, :t]
        x = x + self.pe[:, : x.size(1)]
        x = x * self.scale + self.cls
        if self.maybe is not None:
            x = x + self.maybe
        for gate in self.gates:
            x = x * gate
        x = x * self.named["a"] * self.gates[0]
        cls = self.cls.expand(b, 1, -1)
        reveal(torch.cat([cls, x], dim=1)[:, 1:].shape[0])
        scores = (x @ x.mT).masked_fill(self.mask[:t, :t], float("-inf"))
        return scores.softmax(-1) @ x + self.plain

    def shapes(self, image: Float[Tensor, "b 64"], row: Float[Tensor, "b 32"]) -> None:
        reveal(self.fixed)  # N: Float32[Tensor, "3 64"]
        reveal(image @ self.fixed.T)  # N: Tensor, "b 3"]
        row @ self.fixed.T  # E: [shape-mismatch]
        reveal(self.mask[:3])  # N: Bool[Tensor, "3 512"]
        reveal(self.pos)
        reveal(self.cls)


class Codebook(nn.Module):
    weight: Float[Tensor, "codes d"]

    def __init__(self, codes: int, d: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.randn(codes, d))
        self.register_buffer("counts", torch.zeros(codes))
        self.counts: Tensor

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        distances = x.pow(2).sum(1, keepdim=True) - 2 * x @ self.weight.T + self.weight.pow(2).sum(1)
        index = distances.argmin(1)
        self.counts.index_add_(0, index, torch.ones_like(index, dtype=torch.float))
        self.counts += torch.bincount(index, minlength=self.counts.shape[0])
        quantized = self.weight[index]
        return x + (quantized - x).detach()


class Bilinear(nn.Module):
    def __init__(self, d: int, e: int, out: int) -> None:
        super().__init__()
        self.d, self.e, self.out = d, e, out
        self.weight = nn.Parameter(torch.empty(out, d, e))
        self.bias = nn.Parameter(torch.zeros(out))
        nn.init.xavier_uniform_(self.weight)
        bound = 1 / math.sqrt(d)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b {self.e}"]) -> Float[Tensor, "b {self.out}"]:
        return torch.einsum("bd,ode,be->bo", x, self.weight, y) + self.bias

    def swapped(self, x: Float[Tensor, "b {self.e}"], y: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.out}"]:
        return torch.einsum("bd,ode,be->bo", x, self.weight, y)  # E: [shape-mismatch]


class Later(nn.Module):
    """What is set anew keeps nothing of what it was."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.state = torch.zeros(1, d)
        self.cache: list[Tensor] = []
        self.head = nn.Linear(4, 2)

    def reset(self, b: int, d: int) -> None:
        self.state = torch.zeros(b, d)
        self.head = nn.Linear(8, 2)

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        self.state = self.state + x
        self.cache.append(x)
        y = torch.cat(self.cache, dim=0)
        y.sum()
        return self.state * x

    def eight(self, x: Float[Tensor, "b 8"]) -> None:
        self.head(x)


class Undeclared(nn.Module):
    """A buffer is known by what the constructor registers, whether the class declares it or not."""

    def __init__(self, d: int, length: int = 512) -> None:
        super().__init__()
        self.d = d
        self.register_buffer("fixed", torch.ones(3, 64))
        self.register_buffer("maybe", torch.ones(3, 64) if d > 3 else None)
        self.register_buffer(tensor=torch.zeros(length, d), name="pe", persistent=False)
        self.register_parameter("weight", nn.Parameter(torch.zeros(d, d)))
        self.register_buffer("unknown", read())
        self.register_buffer("none", None)
        if d > 4:
            self.register_buffer("either", torch.ones(3, 64))
        else:
            self.register_buffer("either", torch.ones(3))
        self.register_buffer("extended", torch.ones(3, d))
        self.register_buffer("narrowed", torch.ones(3, d))

    def extend(self, n: int) -> None:
        self.register_buffer("extended", torch.ones(n, self.d))

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        reveal(self.fixed)  # N: Float32[Tensor, "3 64"]
        reveal(self.maybe)  # N: Float32[Tensor, "3 64"]
        reveal(self.weight)  # N: Float32[Tensor, "d d"]
        reveal(self.unknown)  # N: is Tensor
        reveal(self.either)  # N: is Tensor
        reveal(self.extended)  # N: is Tensor
        x @ self.fixed  # E: [shape-mismatch]
        x = x @ self.either @ self.extended
        return x @ self.weight + self.pe[: x.shape[1]]

    def cast_before(self) -> Tensor:
        if isinstance(self.narrowed, Tensor):
            return cast(Tensor, self.unknown) + self.narrowed
        return cast(Tensor, self.none)


def read() -> Any: ...


class Replacing(Undeclared):
    def __init__(self) -> None:
        super().__init__(3)
        self.register_buffer("fixed", torch.ones(5))

    def free(self) -> None:
        self.maybe = None
        reveal(self.fixed)  # N: is Tensor


def from_outside(module: Undeclared, x: Float[Tensor, "b 6"]) -> None:
    x @ Undeclared(6).weight
    x @ Undeclared(7).weight  # E: [shape-mismatch]
    reveal(module.weight)  # N: Float32[Tensor, "_ _"]
