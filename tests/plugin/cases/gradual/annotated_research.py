"""What more of the public code with annotations of jaxtyping does, and must not be an error."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

# A name that only one option of a parameter binds: where it is another one, the result may have any size.


def started(points: Float[Tensor, "*tasks n d"] | None, n: int, k: int) -> Float[Tensor, "tasks n d"]:
    if points is None:
        return torch.randn(3, n, k)
    return torch.randn(3, n, k)  # E: [return-value]


def targets(given: int | Int[Tensor, "n t"], other: Int[Tensor, "k"]) -> list[Int[Tensor, "t"]]:
    if isinstance(given, int):
        return [torch.tensor([given])]
    return [other]  # E: [list-item]


def bound(x: Float[Tensor, "b c"], y: Float[Tensor, "b h"] | None) -> Float[Tensor, "b h"]:
    if y is not None:
        return y
    return x


def not_asked(x: Float[Tensor, "b c"], y: Float[Tensor, "b h"] | None) -> Float[Tensor, "b h"]:
    return x  # E: [return-value]


def by_another(x: Float[Tensor, "b c"], y: Float[Tensor, "b h"] | None, z: Float[Tensor, "h"]) -> Float[Tensor, "b h"]:
    if y is None:
        return x  # E: [return-value]
    return y + z


# A list that is returned may hold tensors of a narrower dtype than is declared.


def loops(n: int) -> list[Int[Tensor, "_"]]:
    found = []
    for at in range(n):
        found.append(torch.tensor([at], dtype=torch.int64))
    return found


def floats(n: int) -> list[Float[Tensor, "_"]]:
    found = []
    for at in range(n):
        found.append(torch.tensor([at], dtype=torch.int64))
    return found  # E: [return-value]


# Sizes that a `match` asks for, that names have, that are known for the first round of a loop alone.


def of_one(x: Float[Tensor, "n 1 d"]) -> Tensor: ...
def of_two(x: Float[Tensor, "n 2 d"]) -> Tensor: ...


def measured(x: Float[Tensor, "n m d"]) -> Tensor:
    count = x.shape[-2]
    match count:
        case 1:
            return of_one(x)
        case 2 | 3:
            return of_two(x)
        case _:
            return of_one(x)  # E: axis 1 is m, expected 1  [shape-mismatch]


def solved(a: Float[Tensor, "*b m n"], v: Float[Tensor, "*b m"]) -> Tensor:
    rows, columns = a.shape[-2], a.shape[-1]
    count = a.shape[-2]
    others = a.shape[-1]
    if count == others:
        return torch.linalg.solve(a, v.unsqueeze(-1))
    del rows, columns
    return torch.linalg.solve(a, v.unsqueeze(-1))  # E: is m by n, expected a square matrix  [shape-mismatch]


def grown(schedule: list[int]) -> Tensor:
    indices = torch.tensor([], dtype=torch.long)
    for length in schedule:
        start = 0 if indices.size(0) == 0 else int(indices[-1] - indices[-2])
        if indices.size(0) == 0:
            begin = start
        else:
            begin = start + int(indices[-1])
        indices = torch.cat([indices, torch.arange(begin, begin + length)])
    return indices


def not_grown(x: Float[Tensor, "3 d"]) -> Tensor:
    if x.shape[1] == 0:
        return x[3]  # E: Index is 3, but axis 0 is 3  [shape-mismatch]
    return x[-1]


def energy_of(points: Float[Tensor, "p d"], rest: Float[Tensor, "p d"], cells: Int[Tensor, "n v"]) -> Tensor: ...


def energy(points: Float[Tensor, "p d"], rest: Float[Tensor, "p d"], cells: Int[Tensor, "n v"]) -> Tensor:
    dimension = cells.shape[1] - 1
    if dimension != points.shape[-1]:
        raise ValueError(dimension)
    energy_of(points, rest, cells)
    return energy_of(points, rest.mT, cells)  # E: axis 0 "p" is d, expected p  # E: axis 1 "d" is p


# A function inside of another has axes of its own, but one name is one size.


def box(points: Float[Tensor, "n d"], extent: Float[Tensor, "d"] | None) -> Tensor: ...


def outer(points: Float[Tensor, "n d"], extent: Float[Tensor, "d"] | None, other: Float[Tensor, "k"]) -> Tensor:
    def inner(p: Float[Tensor, "n d"]) -> Tensor:
        box(p, other)  # E: axis 0 "d" is k, expected d
        return box(p, extent)

    return inner(points)


class Mesh:
    def deform(self, points: Float[Tensor, "n d"], extent: Float[Tensor, "d"] | None) -> Tensor:
        def inner(p: Float[Tensor, "k d"], q: Float[Tensor, "e"]) -> Tensor:
            box(p, q)  # E: axis 0 "d" is e, expected d
            return box(p, extent)

        return inner(points, points[0])


# A size of the class that two arguments of one call have.


class Norm(nn.Module):
    def __init__(self, channels: int, others: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.other = nn.Parameter(torch.zeros(others))

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]:
        if self.training:
            return nn.functional.group_norm(x, 2, weight=self.weight.to(x.dtype), bias=self.bias.to(x.dtype))
        return nn.functional.group_norm(x, 2, weight=self.weight, bias=self.other)  # E: [shape-mismatch]


# An attribute that holds one of two modules, the second of which mypy refuses.


class Modulated(nn.Module):
    def forward(self, x: Float[Tensor, "b c"], by: Float[Tensor, "b e"]) -> Float[Tensor, "b c"]: ...


class Alone(nn.Module):
    def forward(self, x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]: ...


class Block(nn.Module):
    def __init__(self, is_modulated: bool) -> None:
        super().__init__()
        self.always = Modulated()
        if is_modulated:
            self.filter = Modulated()
            self.apply_filter = lambda x, by: self.filter(x, by)
        else:
            self.filter = Alone()  # E: [assignment]
            self.apply_filter = lambda x, by: self.filter(x)

    def forward(self, x: Float[Tensor, "b c"]) -> Tensor:
        return self.always(x)  # E: Missing positional argument "by"


# What is `Any` to plain mypy, in a tuple.


def ellipse(corners: Sequence[float] | Sequence[Sequence[float]]) -> None: ...


def draw(goal: Float[Tensor, "2"], radius: float) -> None:
    x, y = goal
    left, top = x * 2 - radius, -y
    ellipse((left, top, x + radius, -y))
    ellipse([left, top])
    ellipse((goal, goal))  # E: [arg-type]


# A number of axes that does not go with what is done with a name is said once in a function.


def scaled(f: Float[Tensor, "b"], by: Float[Tensor, "b"]) -> Tensor:
    a = (f.mT * by).mT  # E: "input" of "mT" has 1 axis, expected 2 or more
    b = (f.mT + by).mT
    torch.bmm(a, b)
    c = by.mT  # E: "input" of "mT" has 1 axis, expected 2 or more
    return c


def said_of_each_value(f: Float[Tensor, "b"]) -> Tensor:
    g = f.mT  # E: has 1 axis
    f = f + 1
    return g + f.mT  # E: has 1 axis


def said_in_each_function(f: Float[Tensor, "b"]) -> Tensor:
    return f.mT  # E: has 1 axis


# A part of a sequence that is filled by name: plain mypy knows nothing of what is in it.


class Core(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.features = nn.Sequential()
        self.net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5))
        for at in range(n):
            self.features.add_module(f"layer{at}", nn.Sequential())

    def penalty(self) -> None:
        for one in self.features[1:]:
            one.conv.weight_spatial.pow(2)
        for other in self.features:
            other.conv.weight_spatial  # E: [union-attr]

    def forward(self, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 5"]:
        for layer in self.net[1:]:
            return layer(x)  # E: axis -1 is 3, expected 4
        return self.net[1:](self.net[:1](x))
