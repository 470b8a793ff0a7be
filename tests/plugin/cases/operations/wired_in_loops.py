"""Modules wired to each other in loops, in branches and by attributes assigned twice, where no tensor is annotated."""
# mypy: allow-untyped-defs, allow-untyped-calls, allow-incomplete-defs

from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


@dataclass
class Config:
    d: int = 8
    h: int = 16
    depth: int = 3


class Block(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.up = nn.Linear(dim, hidden)
        self.down = nn.Linear(hidden, dim)

    def forward(self, x):
        return x + self.down(self.up(x).relu())


class Net(nn.Module):
    def __init__(self, cfg: Config, wide: int):
        super().__init__()
        self.inp = nn.Linear(wide, cfg.d)
        self.layers = nn.ModuleList([Block(cfg.d, cfg.h) for _ in range(cfg.depth)])
        self.wrong = nn.ModuleList([Block(cfg.h, cfg.h) for _ in range(cfg.depth)])
        self.looped = nn.ModuleList()
        for _ in range(cfg.depth):
            self.looped.append(nn.Linear(cfg.d, cfg.d))
        self.shrink = nn.ModuleList()
        for _ in range(cfg.depth):
            self.shrink.append(nn.Linear(cfg.d, cfg.h))
        self.norm = nn.LayerNorm(cfg.d)
        self.head = nn.Linear(cfg.h, wide)
        self.good = nn.Linear(cfg.d, wide)

    def forward(self, x):
        x = self.inp(x)
        for layer in self.layers:
            x = layer(x)
        return self.good(x)

    def wrong_after(self, x):
        x = self.inp(x)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)  # E: expected  [shape-mismatch]

    def wrong_in(self, x):
        x = self.inp(x)
        for layer in self.wrong:
            x = layer(x)  # E: expected  [shape-mismatch]
        return x

    def once(self, x):
        x = self.inp(x)
        for layer in self.shrink:
            x = layer(x)  # right where there is one
        return x

    def looped_after(self, x):
        x = self.inp(x)
        for layer in self.looped:
            x = layer(x).relu()
        return self.head(x)  # E: expected  [shape-mismatch]

    def at(self, x, i):
        x = self.inp(x)
        self.wrong[0](x)  # E: expected  [shape-mismatch]
        x = self.layers[0](self.norm(x))
        return self.head(x)  # E: expected  [shape-mismatch]

    def enum(self, x, i):
        x = self.inp(x)
        for i, layer in enumerate(self.layers):
            x = x + layer(self.norm(x))
        return self.head(x)  # E: expected  [shape-mismatch]


class Both(nn.Module):
    def __init__(self, dim: int, wide: int, conv: bool):
        super().__init__()
        if conv:
            self.proj = nn.Linear(dim, wide)
            self.norm = nn.LayerNorm(wide)
        else:
            self.proj = nn.Linear(dim, wide, bias=False)
            self.norm = nn.LayerNorm(wide, eps=1e-3)
        if conv:
            self.n = dim
        else:
            self.n = dim
        self.out = nn.Linear(dim, 3)
        self.nout = nn.Linear(self.n, 3)

    def forward(self, x: Tensor):
        x = self.proj(x)
        return self.out(x)  # E: expected  [shape-mismatch]

    def g(self, x: Float[Tensor, "b d"]):
        y = self.proj(x)
        reveal(y)
        reveal(self.norm(y))
        return self.out(y)  # E: expected  [shape-mismatch]

    def g2(self, x: Tensor):
        return self.out(self.norm(x))  # E: expected  [shape-mismatch]


class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, d)

    def forward(self, x):
        return F.relu(self.fc(x)) + x


class Stack(nn.Module):
    def __init__(self, d, n):
        super().__init__()
        self.layers = nn.ModuleList([Layer(d) for _ in range(n)])
        self.norms = nn.ModuleList([nn.LayerNorm(d) for _ in range(n)])

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = x + layer(norm(x))
        return x


class Outer(nn.Module):
    def __init__(self, d, e, n, classes):
        super().__init__()
        self.embed = nn.Embedding(100, d)
        self.stack = Stack(d, n)
        self.wide = Stack(e, n)
        self.head = nn.Linear(e, classes)
        self.good = nn.Linear(d, classes)
        self.skip = nn.Linear(d, e)
        self.listed = nn.ModuleList([nn.Linear(d, e), nn.Linear(e, d)])
        self.seq = nn.Sequential(*[Layer(d) for _ in range(n)], nn.Linear(d, e))
        self.badseq = nn.Sequential(*[Layer(d) for _ in range(n)], nn.Linear(e, d))
        layers = []
        for _ in range(n):
            layers.append(Layer(d))
        self.built = nn.Sequential(*layers)

    def forward(self, ids):
        x = self.embed(ids)
        x = self.stack(x)
        return self.good(x)

    def w1(self, ids):
        x = self.embed(ids)
        x = self.stack(x)
        return self.head(x)  # E: expected  [shape-mismatch]

    def w2(self, ids):
        x = self.embed(ids)
        self.wide(x)  # E: expected  [shape-mismatch]
        return self.head(x)  # E: expected  [shape-mismatch]

    def branches(self, ids, flag):
        x = self.embed(ids)
        if flag:
            x = x.relu()
        else:
            x = F.gelu(x)
        return self.head(x)  # E: expected  [shape-mismatch]

    def branches_ok(self, ids, flag):
        x = self.embed(ids)
        if flag:
            x = self.skip(x)
        return self.head(x)

    def rounds_ok(self, ids, n):
        x = self.embed(ids)
        for i in range(n):
            if i == 1:
                x = self.skip(x)
            if i > 1:
                x = self.head(x)
        return x

    def cont_ok(self, ids, n):
        x = self.embed(ids)
        for i in range(n):
            if i == 0:
                x = self.skip(x)
                continue
            self.head(x)
            self.good(x)
        return x

    def first(self, ids, n):
        x = self.embed(ids)
        for i in range(n):
            x = self.head(x)  # E: expected  [shape-mismatch]
            x = self.unknown(x)
        return x

    def first_ok(self, ids, n):
        x = self.embed(ids)
        for i in range(n):
            x = self.good(x)
            x = self.unknown(x)
        return self.head(x)

    def unknown(self, x):
        return x.anything()

    def listed_ok(self, ids):
        x = self.embed(ids)
        for one in self.listed:
            x = one(x)
        return self.good(x)

    def w3(self, ids):
        return self.good(self.seq(self.embed(ids)))  # E: expected  [shape-mismatch]

    def w3_ok(self, ids):
        return self.head(self.seq(self.embed(ids)))

    def w4(self, ids):
        return self.badseq(self.embed(ids))  # E: expected  [shape-mismatch]

    def w5(self, ids):
        return self.head(self.built(self.embed(ids)))  # E: expected  [shape-mismatch]

    def ret_ok(self, ids, flag):
        x = self.embed(ids)
        if flag:
            x = self.skip(x)
            return self.head(x)
        return self.good(x)

    def while_ok(self, ids, flag):
        x = self.embed(ids)
        while x.sum() > 0:
            x = self.skip(x)
            if flag:
                break
            x = self.unknown(x)
        return self.good(x)

    def try_ok(self, ids, flag):
        x = self.embed(ids)
        try:
            x = self.skip(x)
            self.head(x)
        except ValueError:
            self.good(x)
        return self.good(x)

    def nested_ok(self, ids, n):
        x = self.embed(ids)
        for i in range(n):
            y = x
            for j in range(n):
                y = self.skip(y)
                y = self.listed[1](y)
            x = x + y
        return self.good(x)

    def nested(self, ids, n):
        x = self.embed(ids)
        for i in range(n):
            y = x
            for j in range(n):
                y = self.skip(y)
                y = self.listed[1](y)
            x = x + y
        return self.head(x)  # E: expected  [shape-mismatch]


def outside(ids, x):
    Stack(4, 2)(Outer(3, 4, 2, 5).embed(ids))  # E: expected  [shape-mismatch]
    nn.Linear(8, 8)(Stack(4, 2)(nn.Linear(3, 4)(x)))  # E: expected  [shape-mismatch]
    nn.Linear(4, 8)(Stack(4, 2)(nn.Linear(3, 4)(x)))
