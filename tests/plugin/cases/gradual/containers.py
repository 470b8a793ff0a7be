"""Lists and dictionaries that are built in place, comprehensions and generators are silent."""

from __future__ import annotations

import itertools
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict, TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

T = TypeVar("T")


class Replay:
    def __init__(self, capacity: int) -> None:
        self.buffer: deque[tuple[Float[Tensor, "s"], Int[Tensor, ""], Float[Tensor, ""]]] = deque(maxlen=capacity)
        self.recent = deque[Tensor]()
        self.scores: list[float] = []

    def add(self, state: Float[Tensor, "s"], action: Int[Tensor, ""], reward: Float[Tensor, ""]) -> None:
        self.buffer.append((state, action, reward))
        self.recent.append(state)
        self.recent.appendleft(action)
        self.scores += [reward.item()]

    def sample(self, n: int) -> tuple[Float[Tensor, "{n} s"], Int[Tensor, "{n}"], Float[Tensor, "{n}"]]:
        chosen = [self.buffer[i] for i in torch.randperm(len(self.buffer))[:n]]
        states, actions, rewards = zip(*chosen, strict=True)
        return torch.stack(states), torch.stack(actions), torch.stack(rewards)


def outputs(x: Float[Tensor, "b t d"], y: Int[Tensor, "b"], z: Float[Tensor, "n"]) -> dict[str, Tensor]:
    out = {"x": x, "y": y}
    out["z"] = z
    out.update(last=x[:, -1], y=z)
    out.update({"again": y})
    out |= {"more": z}
    out.setdefault("w", y)
    merged = {**out, "v": x.mean()}
    return merged


def nested(x: Float[Tensor, "b t"], y: Float[Tensor, "b c t"]) -> dict[str, dict[str, list[Tensor]]]:
    found = {"a": {"x": [x]}, "b": {"y": [y]}}
    found["a"]["x"].append(y)
    found["c"] = {"z": [x, y]}
    return found


def lists(x: Float[Tensor, "b t"], y: Float[Tensor, "n m k"], z: Int[Tensor, "b"]) -> list[Tensor]:
    all_of = [x]
    all_of.append(y)
    all_of.insert(0, z)
    all_of.extend([x, z])
    all_of.extend(v for v in (y, z))
    all_of += [y]
    all_of = all_of + [z]
    all_of[0] = y
    all_of[1:2] = [z, y]
    last = all_of.pop()
    all_of.append(last)
    empty = []
    empty.append(x)
    empty.append(y)
    flat = [v for pair in [(x, y), (y, x)] for v in pair]
    conditional = [x if i % 2 else y for i in range(3)]
    multiplied = [x] * 3 + [y]
    unpacked = [*all_of, *empty, z]
    return flat + conditional + multiplied + unpacked


def typed(x: Float[Tensor, "b t"], y: Float[Tensor, "b s"]) -> list[Float[Tensor, "b _"]]:
    found: list[Float[Tensor, "b _"]] = []
    found.append(x)
    found.append(y)
    found += [x, y]
    found.extend((x, y))
    found[0] = y
    return found


def typed_dictionary(x: Float[Tensor, "b t"], y: Float[Tensor, "b s"]) -> dict[str, Float[Tensor, "..."]]:
    found: dict[str, Float[Tensor, "..."]] = {"x": x}
    found["y"] = y
    found.update({"z": y, "x": x})
    return found


def grouped(xs: Iterable[Float[Tensor, "_ d"]]) -> dict[int, list[Float[Tensor, "_ d"]]]:
    groups = defaultdict(list)
    for x in xs:
        groups[len(x)].append(x)
    return groups


def chunks(x: Float[Tensor, "n d"], size: int) -> Iterator[Float[Tensor, "_ d"]]:
    for start in range(0, x.shape[0], size):
        yield x[start : start + size]


def sliding(x: Float[Tensor, "b t d"]) -> list[Float[Tensor, "b 2 d"]]:
    steps = [x[:, t] for t in range(x.shape[1])]
    return [torch.stack([a, b], dim=1) for a, b in itertools.pairwise(steps)]


def mapped(tree: Mapping[str, Any] | Sequence[Any] | Tensor) -> Any:
    if isinstance(tree, Tensor):
        return tree.detach()
    if isinstance(tree, Mapping):
        return {key: mapped(value) for key, value in tree.items()}
    return [mapped(value) for value in tree]


class Tree:
    def __init__(self, value: Float[Tensor, "d"], children: list[Tree] | None = None) -> None:
        self.value = value
        self.children = children or []

    def total(self) -> Float[Tensor, "d"]:
        total = self.value
        for child in self.children:
            total = total + child.total()
        return total

    def leaves(self) -> Iterator[Float[Tensor, "d"]]:
        if not self.children:
            yield self.value
        for child in self.children:
            yield from child.leaves()

    def depth(self) -> int:
        return 1 + max((child.depth() for child in self.children), default=0)


def recursive(x: Float[Tensor, "b n"], depth: int) -> Float[Tensor, "b n"]:
    if depth == 0:
        return x
    n = x.shape[1] // 2
    left, right = x[:, :n], x[:, n:]
    return torch.cat([recursive(left, depth - 1), recursive(right, depth - 1)], dim=1)


def state_dict(weights: Float[Tensor, "o i"], bias: Float[Tensor, "o"]) -> OrderedDict[str, Tensor]:
    state = OrderedDict[str, Tensor]()
    state["weight"] = weights
    state["bias"] = bias
    return OrderedDict((key.removeprefix("module."), value) for key, value in state.items())


def tuples(x: Float[Tensor, "b t"], y: Int[Tensor, "n"]) -> tuple[Tensor, ...]:
    pair = (x, y)
    pair = (x[1:], y[1:])
    a, b = pair
    a, b = b, a
    pairs = [(x, y)]
    pairs.append((x.t(), y))
    everything: tuple[Tensor, ...] = ()
    everything += pair
    everything = (*everything, x, y)
    return everything + pairs[0]


def swapped(x: Float[Tensor, "b t"], y: Float[Tensor, "b s"]) -> tuple[Float[Tensor, "b s"], Float[Tensor, "b t"]]:
    x, y = y, x
    return x, y


def sets(xs: list[Float[Tensor, "_"]]) -> set[tuple[int, ...]]:
    shapes = {tuple(x.shape) for x in xs}
    by_size = {x.shape[0]: x for x in xs}
    shapes.add((len(by_size),))
    return shapes


def sorted_by(xs: list[Float[Tensor, "_ d"]], ys: list[Int[Tensor, "_"]]) -> list[Float[Tensor, "_ d"]]:
    order = sorted(range(len(xs)), key=lambda i: len(ys[i]))
    pairs = sorted(zip(xs, ys, strict=True), key=lambda pair: pair[1].shape[0])
    for i, (x, y) in enumerate(pairs):
        xs[i] = x
        ys[i] = y
    return [xs[i] for i in order]


def reduce(xs: list[Float[Tensor, "b d"]]) -> Float[Tensor, "b d"]:
    total = sum(xs)
    assert isinstance(total, Tensor)
    return total


def accumulated(xs: dict[str, Float[Tensor, "b d"]]) -> Float[Tensor, "b d"]:
    return sum(xs.values(), start=torch.tensor(0.0))


def flattened(xs: list[list[T]]) -> list[T]:
    return [x for inner in xs for x in inner]


def uses(x: Float[Tensor, "b t"], y: Float[Tensor, "b s"], z: Float[Tensor, "b u"], w: Float[Tensor, "n d"]) -> None:
    flattened([[x], [y, z]])
    list(chunks(w, 2))
    dict(zip(["x", "y"], [x, y], strict=True))
    list(map(lambda v: v * 2, [x, y]))
    tuple(v for v in (x, y, z))
    max([x, y], key=len)
    next(iter([x, y]))
    any(len(v) for v in [x, y])
    enumerate([x, y])
    reversed([x, y])
    [*[x], *[y]]
    {"x": [x], "y": [y]}


class Split(TypedDict):
    x: list[Tensor]
    y: dict[str, Tensor]


def nested_displays(
    x: Float[Tensor, "b t"], y: Float[Tensor, "b c t"], z: Int[Tensor, "n"], flag: bool
) -> dict[str, dict[str, Tensor]]:
    found = {"train": {"x": x, "n": z}, "test": {"x": y}}
    for name, split in found.items():
        print(name, split["x"].mean())
    found["test"]["y"] = z
    pairs = [(x, [x]), (y, [y, z])]
    pairs.append((z, [z]))
    for one, rest in [(x, [x]), (y, [y])]:
        rest.append(one)
    for group in [[x], [y, x], []]:
        group.append(z)
    deep = [[[x]], [[y], [z, z]]]
    deep[0].append([x, y, z])
    deep[0][0][0].mean()
    mixed = [[x], (y, z)]
    len(mixed[0])
    objects: list[object] = [[x], [y]]
    objects.append(3)
    typed: list[list[Float[Tensor, "b ..."]]] = [[x], [y]]
    typed[0].append(x)
    split_: Split = {"x": [x, y], "y": {"x": x, "z": z}}
    split_ = {"x": [], "y": {}}
    splits = [split_, Split(x=[x], y={"y": y})]
    splits[0]["x"].append(z)
    unpacked = {**{"a": [x]}, "b": [y], "c": [z]}
    print(unpacked)
    sets = [{"a", "b"}, set[str]()]
    sets[0].add("c")
    counts = {"a": [1, 2], "b": [3]}
    counts["a"].append(4)
    nothing = {"a": {"x": None}, "b": {"x": None}}
    print(nothing["a"], max([(1, x), (2, y)], key=lambda pair: pair[0])[1])
    chosen = [x] if flag else [y]
    chosen.append(z)
    return found


def nested_in_calls(x: Float[Tensor, "b t"], y: Float[Tensor, "b c t"]) -> list[list[Tensor]]:
    takes_nested([[x], [y]])
    takes_nested(xs=[[x, y], [y]])
    takes_split({"x": [x], "y": {"y": y}})
    torch.stack([torch.cat(xs) for xs in [[x, x], [y, y]]])
    if len(x) == 1:
        return [[x], [y]]
    return flattened([[[x]], [[y]]])


def takes_nested(xs: list[list[Float[Tensor, "b ..."]]]) -> None: ...
def takes_split(split: Split) -> None: ...
