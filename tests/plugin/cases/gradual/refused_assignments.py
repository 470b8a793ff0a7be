"""After an assignment that mypy refuses nothing more is said of the name than plain mypy says."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor, nn


def norm(x: Tensor) -> Tensor: ...


def pad(xs: list[Any]) -> Tensor: ...


def may_be_none(x: Float[Tensor, "b 3"], last: bool) -> Tensor:
    found = x.exp()
    best = None
    if last:
        best = found.detach()
    found = best  # E: Incompatible types in assignment  [assignment]
    norm(found)
    return found.cpu()


def list_of_unknown(makes: list[Any]) -> float:
    weights = [make()[0] for make in makes]
    weights = torch.cat(weights)  # E: Incompatible types in assignment  [assignment]
    weights -= weights.max()
    weights = torch.sort(weights, descending=False)[0]
    cut = max(math.log(1e-15), weights[3])
    weights[weights > cut]
    return math.exp(cut)


def list_of_known(xs: list[Float[Tensor, "b 3"]], linear: nn.Linear) -> None:
    xs = torch.stack(xs)  # E: Incompatible types in assignment  [assignment]
    ys = [x.exp() for x in xs]
    ys = torch.zeros(2, 3)  # E: Incompatible types in assignment  [assignment]
    torch.zeros(5, 4) @ ys  # E: is 2, expected 4  [shape-mismatch]


def either(vectorize: bool, y: Any) -> Tensor:
    joints = []
    joint = 0.0
    joints.append(joint + y)
    joints = joints[0] if vectorize else torch.stack(joints)  # E: Incompatible types in assignment  [assignment]
    return joints.detach()


def collated(examples: list[dict[str, Any]], more: bool) -> dict[str, Any]:
    ids = []
    for example in examples:
        ids.append([example["id"]])
    ids = pad(ids)  # E: Incompatible types in assignment  [assignment]
    out = {"ids": ids}
    if more:
        out["texts"] = [example["text"] for example in examples]
    return out


def loops_use_a_name_twice(x: Float[Tensor, "b 3"], n: int) -> None:
    for i in range(n):
        x[i]
    for i in torch.randperm(n):
        i = int(i)
    for row in x:
        reveal_type(row)  # R: Tensor[Float, tuple[3], Any]


def extended(parts: Any, normed: bool, n: int) -> list[Tensor]:
    found = []
    for part in parts:
        if n == 1:
            rows = []
            rows.append(part[:2])
        else:
            rows = part
            if normed:
                rows = torch.nn.functional.normalize(rows, dim=1)  # E: Incompatible types in assignment  [assignment]
        found.extend(rows)
    return found


class Maps:
    maps: Tensor | None = None


def kept_maps(made: Maps, flat: bool) -> None:
    maps = made.maps
    maps = list(maps[:-1])  # E: Incompatible types in assignment  [assignment] # E: not indexable  [index]
    maps = [one.flatten(2) for one in maps]
    made.maps = maps


def either_weight(small: nn.Embedding, large: nn.Embedding, n: int) -> Tensor:
    queries = small.weight if n < 4 else large.weight
    queries = queries.unsqueeze(0)
    return queries


def either_table(n: int) -> Tensor:
    small, large = nn.Embedding(4, 8), nn.Embedding(9, 8)
    queries = small.weight if n < 4 else large.weight
    queries = queries.unsqueeze(0).expand(2, -1, -1)
    return queries


Index: TypeAlias = slice | Iterable[int] | torch.LongTensor | int


class Indexed:
    """What plain mypy refuses in the same words leaves the name with what it held, as there."""

    def at(self, index: Index | tuple[Index, ...], n: int) -> Tensor:
        index = index if isinstance(index, tuple) else (index,)
        index = tuple(torch.tensor(one) if isinstance(one, list) else one for one in index)
        index = tuple(one.item() if torch.is_tensor(one) else one for one in index)  # E: [assignment]
        if n > 3:
            index = index[:3] + tuple(slice(None) for _ in range(n))
        index = index + tuple(slice(None) for _ in range(n - len(index)))
        *rest, row = index
        return torch.zeros(len(rest), len(index))
