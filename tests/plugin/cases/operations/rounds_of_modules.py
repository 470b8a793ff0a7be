"""Modules made alike and applied one after the other: the second takes what the first gives."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, d_in: int, d_out: int) -> None:
        super().__init__()
        self.d_in, self.d_out = d_in, d_out
        self.fc = nn.Linear(d_in, d_out)

    def forward(self, x: Float[Tensor, "b {self.d_in}"]) -> Float[Tensor, "b {self.d_out}"]:
        return torch.relu(self.fc(x))


class Strided(nn.Module):
    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c half"]:
        return x[..., ::2]


class Wrong(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.n = n
        self.two = nn.ModuleList([nn.Linear(40, 64), nn.Linear(40, 64)])
        self.layers = nn.ModuleList([nn.Linear(40, 64) for _ in range(3)])
        self.many = nn.ModuleList([nn.Linear(40, 64) for _ in range(n)])
        self.blocks = nn.ModuleList([Block(40, 64) for _ in range(n)])
        self.seq = nn.Sequential(*[nn.Linear(40, 64) for _ in range(3)])
        self.rows = nn.Sequential(*(nn.Conv1d(40, 64, 1) for _ in range(self.n)))

    def looped(self, x: Float[Tensor, "b 40"]) -> Tensor:
        for layer in self.two:
            x = layer(x)  # E: "Linear" does not fit: axis -1 is 64, expected 40  [shape-mismatch]
        return x

    def renamed(self, x: Float[Tensor, "b 40"]) -> Tensor:
        h = x
        for layer in self.layers:
            h = F.relu(layer(h))  # E: axis -1 is 64, expected 40  [shape-mismatch]
        return h

    def counted(self, x: Float[Tensor, "b 40"]) -> Tensor:
        for i, layer in enumerate(self.many):
            x = layer(x)  # E: axis -1 is 64, expected 40  [shape-mismatch]
            if i + 1 < self.n:
                x = F.relu(x)
        return x

    def own(self, x: Float[Tensor, "b 40"]) -> Tensor:
        for block in self.blocks:
            x = block(x)  # E: does not fit  [shape-mismatch]
        return x

    def in_a_row(self, x: Float[Tensor, "b 40"], y: Float[Tensor, "b 40 t"]) -> None:
        self.seq(x)  # E: axis -1 is 64, expected 40  [shape-mismatch]
        self.rows(y)  # E: "Conv1d" does not fit: axis 1 is 64, expected 40  [shape-mismatch]


class Right(nn.Module):
    def __init__(self, n: int, is_deep: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(3)])
        self.many = nn.ModuleList([nn.Linear(40 if i == 0 else 64, 64) for i in range(n)])
        self.heads = nn.ModuleList([nn.Linear(40, 64) for _ in range(n)])
        self.optional = nn.Sequential(*[nn.Linear(40, 64) for _ in range(int(is_deep))])
        self.once = nn.Sequential(*[nn.Linear(40, 64) for _ in range(1)])
        self.blocks = nn.ModuleList([Block(40, 40) for _ in range(n)])
        self.parallel = nn.ModuleList([Block(40, 64) for _ in range(n)])
        self.strided = nn.ModuleList([Strided() for _ in range(n)])
        self.kinds = nn.ModuleList([nn.Linear(40, 64), nn.ReLU(), nn.Dropout(0.1)])
        self.widths = nn.ModuleList([nn.Linear(40, 64), nn.Linear(64, 64)])
        self.chosen = nn.ModuleList([nn.Linear(40, 64) for _ in range(n) if is_deep])

    def forward(self, x: Float[Tensor, "b 40"], y: Float[Tensor, "b 64"]) -> Float[Tensor, "b 64"]:
        for layer in self.layers:
            y = y + F.relu(layer(y))
        h = x
        for layer in self.many:
            h = layer(h)
        for layer in self.heads:
            part = layer(x)
            y = y + part
        self.optional(x), self.once(x)
        return y + h

    def first_only(self, x: Float[Tensor, "b 40"]) -> Tensor:
        for layer in self.chosen:
            x = layer(x)
        return x

    def of_kinds(self, x: Float[Tensor, "b 40"], y: Float[Tensor, "b 40"]) -> Tensor:
        for layer in self.kinds:
            x = layer(x)
        for layer in self.widths:
            y = layer(y)
        return x + y

    def own(self, x: Float[Tensor, "b 40"], y: Float[Tensor, "b 8 t"]) -> Tensor:
        for block in self.parallel:
            block(x)
        for block in self.blocks:
            x = block(x) + x
        for strided in self.strided:
            y = strided(y)
        return x + y.sum()

    def stops(self, x: Float[Tensor, "b 40"]) -> Tensor:
        for layer in self.heads:
            x = layer(x)
            break
        return x

    def rest(self, x: Float[Tensor, "b 40"]) -> Tensor:
        for layer in self.heads[:1]:
            x = layer(x)
        return x

    def restarts(self, x: Float[Tensor, "b 40"]) -> Tensor:
        total = torch.zeros(1)
        for layer in self.heads:
            h = x
            h = layer(h)
            total = total + h.sum()
        return total
