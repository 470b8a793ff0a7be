"""What a class declares as a mere tensor and its constructor registers or assigns once has that shape and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from neuraltypes import reveal
from torch import Tensor, nn


class Attention(nn.Module):
    mask: Tensor
    weight: torch.Tensor
    bias: Optional[Tensor]
    gain: nn.Parameter
    window: "Tensor | None"
    if TYPE_CHECKING:
        table: Tensor

    def __init__(self, n: int, d: int, causal: bool) -> None:
        super().__init__()
        self.d, self.n = d, n
        self.register_buffer("mask", torch.triu(torch.ones(n, n), diagonal=1).bool())
        self.weight = nn.Parameter(torch.empty(3, d))
        if causal:
            self.bias = nn.Parameter(torch.empty(d))
        else:
            self.register_parameter("bias", None)
        self.gain = nn.Parameter(torch.ones(7))
        self.register_buffer("window", torch.zeros(5) if causal else None)
        self.register_buffer("table", torch.zeros(n, d), persistent=False)
        self.offset: Tensor = torch.zeros(8)
        self.register_buffer("counts", torch.zeros(9))
        self.counts: Tensor

    def attend(self, q: Float[Tensor, "b h t d"]) -> Float[Tensor, "b h t d"]:
        t = q.shape[2]
        F.scaled_dot_product_attention(q, q, q, attn_mask=self.mask[:t, :t])  # E: [element-mismatch]
        return F.scaled_dot_product_attention(q, q, q, attn_mask=~self.mask[:t, :t])

    def forward(self, x: Float[Tensor, "b t 3"]) -> Float[Tensor, "b t {self.d}"]:
        reveal(self.mask)  # N: Bool[Tensor, "n n"]
        reveal(self.weight)  # N: Float32[Tensor, "3 d"]
        reveal(self.bias)  # N: Float32[Tensor, "d"] | None
        reveal(self.gain)  # N: Float32[Tensor, "7"]
        reveal(self.window)  # N: Float32[Tensor, "5"] | None
        reveal(self.table)  # N: Float32[Tensor, "n d"]
        reveal(self.offset)  # N: Float32[Tensor, "8"]
        reveal(self.counts)  # N: Float32[Tensor, "9"]
        reveal_type(self.gain)  # R: Parameter[Float32, tuple[7], Any]
        x @ self.weight.T  # E: [shape-mismatch]
        y = x @ self.weight
        return y if self.bias is None else y + self.bias

    def rebound(self) -> Tensor:
        table = self.table
        table = table.unsqueeze(0)
        return table


class Several(nn.Module):
    """Where several values are possible, nothing is known."""

    either: Tensor
    reset: Tensor
    again: Tensor
    grown: Tensor
    placed: Tensor
    named: Tensor
    sized: Float[Tensor, "a"]

    def __init__(self, d: int) -> None:
        super().__init__()
        if d > 3:
            self.register_buffer("either", torch.ones(3))
        else:
            self.register_buffer("either", torch.ones(4))
        self.reset = torch.ones(3)
        self.register_buffer("again", torch.ones(3))
        self.register_buffer("grown", torch.ones(3))
        self.register_buffer("placed", torch.zeros(0, d))
        self.register_buffer("named", torch.zeros(3))
        self.register_buffer("sized", torch.zeros(3))

    def fill(self, n: int) -> None:
        self.reset = torch.ones(n)
        self.register_buffer("again", torch.ones(n))
        self.grown, _ = torch.cat([self.grown, torch.ones(n)]), n
        setattr(self, "named", torch.ones(n))  # noqa: B010

    def forward(self, x: Float[Tensor, "5"]) -> None:
        reveal(self.either)  # N: is Tensor
        reveal(self.reset)  # N: is Tensor
        reveal(self.again)  # N: is Tensor
        reveal(self.grown)  # N: is Tensor
        reveal(self.placed)  # N: is Tensor
        reveal(self.named)  # N: is Tensor
        reveal(self.sized)  # N: Float[Tensor, "_"]
        print(x + self.either + self.reset + self.again + self.grown + self.placed + self.named)


class Open(nn.Module):
    """What is set by a name that is not written there may be any attribute."""

    table: Tensor

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.register_buffer("table", torch.ones(3))
        for name in names:
            setattr(self, name, torch.ones(2))

    def forward(self) -> Tensor:
        reveal(self.table)  # N: is Tensor
        return self.table


class Base(nn.Module):
    scale: Tensor
    shift: Tensor
    own: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("shift", torch.zeros(3))
        self.register_buffer("own", torch.zeros(3))
        self.weight: Tensor = nn.Parameter(torch.zeros(3))

    def of_any(self) -> None:
        reveal(self.scale)  # N: is Tensor
        reveal(self.own)  # N: Float32[Tensor, "3"]


class Derived(Base):
    """A subclass that registers what its base declares, registers, or declares and registers."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.register_buffer("scale", torch.ones(d, 2))
        self.register_buffer("shift", torch.ones(d))
        self.register_buffer("weight", torch.ones(d))

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b 2"]:
        reveal(self.scale)  # N: Float32[Tensor, "d 2"]
        reveal(self.shift)  # N: is Tensor
        reveal(self.own)  # N: Float32[Tensor, "3"]
        x @ self.scale.T  # E: [shape-mismatch]
        return x @ self.scale


class Tied(nn.Module):
    weight: Tensor
    free: Tensor

    def __init__(self, d: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d, 2))
        self.free = nn.Parameter(torch.ones(d, 2))


def outside(model: Tied, x: Float[Tensor, "b 4"], y: Float[Tensor, "b 5"]) -> None:
    reveal(model.weight)  # N: Float32[Tensor, "_ 2"]
    x @ Tied(4).weight
    y @ Tied(4).weight  # E: [shape-mismatch]
    model.free = nn.Parameter(torch.ones(2, 2))


def after(model: Tied) -> None:
    reveal(model.free)  # N: is Tensor


class First:
    """What is read before mypy has come to the constructor."""

    def __init__(self, later: Later) -> None:
        self.table = later.table
        reveal(later.table)  # N: Bool[Tensor, "6 6"]


def table_of(later: Later) -> Bool[Tensor, "6 6"]:
    return later.table


def row_of(later: Later) -> Bool[Tensor, "6"]:
    return later.table  # E: [return-value]


class Later(nn.Module):
    table: Tensor

    def before(self) -> Bool[Tensor, "5 5"]:
        return self.table  # E: [return-value]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("table", torch.ones(6, 6, dtype=torch.bool))


class Plain:
    """An object that is no module is for others to change."""

    state: Tensor

    def __init__(self) -> None:
        self.state = torch.zeros(3)

    def read(self) -> Tensor:
        reveal(self.state)  # N: is Tensor
        return self.state


class Trained(nn.Module):
    """What is a parameter or a buffer by a flag is any tensor."""

    bias: Tensor

    def __init__(self, n: int, is_trained: bool) -> None:
        super().__init__()
        if is_trained:
            self.bias = nn.Parameter(torch.zeros(n))
        else:
            self.register_buffer("bias", torch.zeros(n))
        if is_trained:
            self.scale = nn.Parameter(torch.zeros(n))
        else:
            self.scale = torch.zeros(n)  # E: [assignment]
