"""What code of models does around operations: one of two modules, tests of sizes, iteration, nested divisions."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


class Shortcut(nn.Module):
    def __init__(self, d: int, e: int) -> None:
        super().__init__()
        self.d = d
        self.e = e
        self.skip = nn.Conv2d(d, e, 1) if d != e else nn.Identity()

    def added(self, x: Float[Tensor, "b {self.d} h w"], y: Float[Tensor, "b {self.e} h w"]) -> None:
        reveal(self.skip(x) + y)  # N: is Float[Tensor, "b _ h w"]

    def forward(self, x: Float[Tensor, "b {self.d} h w"]) -> Float[Tensor, "b {self.e} h w"]:
        return self.skip(x)


def tested(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
    b, t, d = x.shape
    if not t:
        return x.new_zeros(b, t, d)
    if b:
        return x
    return x.view(b, t, d)


def iterated(x: Float[Tensor, "b t d"], edges: Int[Tensor, "2 e"], w: Float[Tensor, "8 3"]) -> None:
    for one in x:
        reveal(one)  # N: is Float[Tensor, "t d"]
    for row in w:
        row @ w  # E: [shape-mismatch]
    source, target = edges
    reveal(source)  # N: is Int[Tensor, "e"]
    reveal(torch.zeros(3, dtype=edges.dtype))  # N: is Int[Tensor, "3"]


class Strided(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(3, 4, 3, stride=2, padding=1)
        self.second = nn.Conv1d(4, 5, 3, stride=2, padding=1)

    def forward(self, x: Float[Tensor, "b 3 t"]) -> Float[Tensor, "b 5 (t+3)//4"]:
        return self.second(self.first(x))

    def wrong(self, x: Float[Tensor, "b 3 t"]) -> Float[Tensor, "b 5 (t+7)//4"]:
        return self.second(self.first(x))  # E: [return-value]


def in_branches(x: Float[Tensor, "b 8"], wide: bool, rounds: int) -> None:
    out = nn.Linear(8, 3)
    if wide:
        out = nn.Linear(8, 4)
    out(x) @ torch.zeros(4, 2)
    reveal(out(x))  # N: Float[Tensor, "b _"]
    out(x.T)  # E: [shape-mismatch]
    out = nn.Linear(8, 5)
    out(x) @ torch.zeros(4, 2)  # E: [shape-mismatch]
    if wide:
        same = nn.Linear(8, 3)
    else:
        same = nn.Linear(8, 3)
    same(x) @ torch.zeros(4, 2)  # E: [shape-mismatch]
    last = nn.Linear(8, 3)
    for _ in range(rounds):
        last(x) @ torch.zeros(4, 2)
        last = nn.Linear(8, 4)


class Conditional(nn.Module):
    def __init__(self, d: int, grouped: bool, biased: bool) -> None:
        super().__init__()
        norm = nn.GroupNorm(1, d) if grouped else nn.BatchNorm1d(d)
        self.written = nn.Sequential(nn.Conv1d(d, d, 1), norm, nn.Conv1d(d, 7, 1))
        self.inside = nn.Sequential(
            nn.Conv1d(d, d, 1), nn.GroupNorm(1, d) if grouped else nn.BatchNorm1d(d), nn.Conv1d(d, 7, 1)
        )
        self.alike = nn.Sequential(nn.Linear(d, 5) if biased else nn.Linear(d, 5, bias=False), nn.Linear(5, 2))

    def forward(self, x: Float[Tensor, "b {self.d} t"], y: Float[Tensor, "b {self.d}"]) -> None:
        reveal(self.inside(x))  # N: Float[Tensor, "b 7 t"]
        self.inside(y.T)  # E: [shape-mismatch]
        reveal(self.alike(y))  # N: Float[Tensor, "b 2"]


class Gated(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))

    def forward(self, x: Float[Tensor, "b n"], gate: Float[Tensor, "b n"] | None = None) -> Float[Tensor, "b n"]:
        return x if gate is None else x * gate


class MaybeGated(nn.Module):
    def __init__(self, n: int, is_gated: bool) -> None:
        super().__init__()
        self.norm = Gated(n) if is_gated else nn.Identity()
        self.same = nn.Identity()

    def forward(self, x: Float[Tensor, "b 8"], gate: Float[Tensor, "b 8"]) -> None:
        self.norm(x, gate)
        self.norm(x)
        self.same(x, gate)  # E: Too many arguments for "forward" of "Identity"  [call-arg]
