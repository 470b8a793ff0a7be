"""Arguments in every form: containers, defaults that are left out, stars, unions, records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from jaxtyping import Bool, Float, Int
from torch import Tensor


class Encoded(NamedTuple):
    y: Float[Tensor, "b t c"]
    lengths: Int[Tensor, "b"]


@dataclass
class Batch:
    audio: Float[Tensor, "b t"]
    lengths: Int[Tensor, "b"]
    mask: Bool[Tensor, "b t"] | None = None


class Item(TypedDict):
    image: Float[Tensor, "c h w"]
    mask: Float[Tensor, "h w"]


def stack(xs: list[Float[Tensor, "b d"]]) -> Float[Tensor, "n b d"]: ...
def sequence(xs: Sequence[Float[Tensor, "b d"]], y: Float[Tensor, "b"]) -> Float[Tensor, "d"]: ...
def iterable(xs: Iterable[Float[Tensor, "3"]]) -> None: ...
def tuples(xy: tuple[Float[Tensor, "b t"], Int[Tensor, "b"]]) -> Float[Tensor, "t"]: ...
def mapping(xs: Mapping[str, Float[Tensor, "b d"]]) -> Float[Tensor, "b"]: ...
def optional(x: Float[Tensor, "b t"], m: Bool[Tensor, "b t"] | None = None) -> Float[Tensor, "b"]: ...
def either(x: Float[Tensor, "b"] | Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "b"]: ...
def stars(*xs: Float[Tensor, "b d"], **named: Float[Tensor, "b e"]) -> Float[Tensor, "b d e"]: ...
def record(encoded: Encoded) -> Float[Tensor, "b c"]: ...


def lists(x: Float[Tensor, "2 3"], y: Float[Tensor, "2 4"]) -> None:
    reveal_type(stack([x, x]))  # R: Tensor[Float, tuple[Any, batch=2, channel=3], Any]
    stack([x, y])  # E: [shape-mismatch]
    stack([])
    xs = [x, x]
    stack(xs)
    sequence((x, x), x[:, 0])
    sequence([y], x[0])  # E: [shape-mismatch]
    iterable(xs)  # E: [shape-mismatch]
    iterable(v[0] for v in xs)
    iterable({x})  # E: [shape-mismatch]


def sequences(x: Float[Tensor, "2 3"], v: Float[Tensor, "3"], w: Float[Tensor, "2"]) -> None:
    reveal_type(sequence([x], w))  # R: Tensor[Float, tuple[channel=3], Any]
    sequence([x], v)  # E: [shape-mismatch]
    iterable([v, v])
    iterable([w, w])  # E: [shape-mismatch] # E: [shape-mismatch]
    iterable(x for x in [w])  # E: "xs[...]" to "iterable" does not fit: axis 0 is 2, expected 3  [shape-mismatch]


def pairs(x: Float[Tensor, "2 3"], n: Int[Tensor, "2"], m: Int[Tensor, "3"]) -> None:
    reveal_type(tuples((x, n)))  # R: Tensor[Float, tuple[time=3], Any]
    tuples((x, m))  # E: [shape-mismatch]
    tuples((n, n))  # E: [shape-mismatch] # E: [dtype-mismatch]
    pair = (x, m)
    tuples(pair)  # E: [shape-mismatch]


def mappings(x: Float[Tensor, "2 3"], y: Float[Tensor, "4 3"], v: Float[Tensor, "3"]) -> None:
    mapping({"x": x, "y": x})
    reveal_type(mapping({"x": x}))  # R: Tensor[Float, tuple[batch=2], Any]
    mapping({"x": v})  # E: [shape-mismatch]
    mapping({})


def defaults(
    x: Float[Tensor, "2 3"], m: Bool[Tensor, "2 3"], n: Bool[Tensor, "2 4"], maybe: Bool[Tensor, "2 4"] | None
) -> None:
    reveal_type(optional(x))  # R: Tensor[Float, tuple[batch=2], Any]
    optional(x, None)
    optional(x, m)
    optional(x, m=m)
    optional(x, n)  # E: axis 1 "t" is 4, expected 3 (bound by x axis 1)  [shape-mismatch]
    optional(m=n, x=x)  # E: [shape-mismatch]
    optional(x, maybe)  # E: [shape-mismatch]
    optional(x, x)  # E: is Float, expected Bool  [dtype-mismatch]


def unions(x: Float[Tensor, "2"], y: Float[Tensor, "2 3"], z: Float[Tensor, "3"], w: Float[Tensor, "2 3 4"]) -> None:
    either(x, x)
    reveal_type(either(y, x))  # R: Tensor[Float, tuple[batch=2], Any]
    either(w, x)  # E: [shape-mismatch]
    either(y, z)  # E: [shape-mismatch]


def starred(x: Float[Tensor, "2 3"], y: Float[Tensor, "2 4"], z: Float[Tensor, "5 3"]) -> None:
    reveal_type(stars(x, x, e=y))  # R: Tensor[Float, tuple[batch=2, channel=3, 4], Any]
    stars(x, y)  # E: [shape-mismatch]
    stars(x, z)  # E: [shape-mismatch]
    stars(x, e=z)  # E: [shape-mismatch]
    stars(x, a=x, b=y)  # E: [shape-mismatch]
    stars()
    stars(*[x, x])
    stars(*(x, x), **{"e": y})
    stars(*[x, y])
    arguments = {"x": x}
    stars(**arguments)
    pair = (x, x[0, 0, None])
    optional(*pair)  # E: [shape-mismatch] # E: [dtype-mismatch]


def records(
    y: Float[Tensor, "2 3 4"], n: Int[Tensor, "2"], m: Int[Tensor, "3"], a: Float[Tensor, "2 3"], b: Bool[Tensor, "2 3"]
) -> None:
    reveal_type(record(Encoded(y, n)))  # R: Tensor[Float, tuple[batch=2, channel=4], Any]
    Encoded(y, m)  # E: axis 0 "b" is 3, expected 2 (bound by y axis 0)  [shape-mismatch]
    Encoded(y=a, lengths=n)  # E: [shape-mismatch]
    Batch(a, n, b)
    Batch(a, m)  # E: [shape-mismatch]
    Batch(a, n, mask=b[0])  # E: [shape-mismatch]
    Batch(audio=a, lengths=n, mask=a)  # E: is Float, expected Bool  [dtype-mismatch]
    item: Item = {"image": y, "mask": a}
    Item(image=y, mask=a)
    del item


def wrong_items(y: Float[Tensor, "2 3 4"], a: Float[Tensor, "3"]) -> None:
    item: Item = {"image": y, "mask": a}  # E: [typeddict-item]
    Item(image=a, mask=y)  # E: [typeddict-item] # E: [typeddict-item]
    del item


def mypys_own(x: Float[Tensor, "2 3"]) -> None:
    optional()  # E: Missing positional argument "x" in call to "optional"  [call-arg]
    optional("x")  # E: [arg-type]
    optional(x, 3)  # E: [arg-type]
    optional(x, m=None, n=3)  # E: Unexpected keyword argument "n" for "optional"  [call-arg]
    stack(x)  # E: [arg-type]
    stack([x, "x"])  # E: [list-item]


def alike(q: Float[Tensor, "b t d"], k: Float[Tensor, "b s d"]) -> Float[Tensor, "b t s"]: ...
def many(x: Float[Tensor, "b d"], *ys: Float[Tensor, "b e"]) -> None: ...


def starred_tuples(
    q: Float[Tensor, "2 5 8"],
    k: Float[Tensor, "2 7 8"],
    w: Float[Tensor, "2 7 9"],
    xs: list[Tensor],
    v: tuple[Tensor, ...],
) -> None:
    pair, wrong = (q, k), (q, w)
    reveal_type(alike(*pair))  # R: Tensor[Float, tuple[batch=2, time=5, 7], Any]
    alike(*wrong)  # E: "k" to "alike" does not fit: axis 2 "d" is 9, expected 8 (bound by q axis 2)  [shape-mismatch]
    alike(*(q, w))  # E: [shape-mismatch]
    alike(q, *wrong[1:])  # E: [shape-mismatch]
    alike(*pair[:1], k)
    alike(*xs)
    alike(*v)
    many(q[0], *(q[1], q[0, :, 0]))  # E: "ys[1]" to "many" has 1 axis, expected 2  [shape-mismatch]
    many(*(q[0], k[0]))  # E: "ys[0]" to "many" does not fit: axis 0 "b" is 7, expected 5  [shape-mismatch]
    many(*(q[0], q[1]), *xs)


def in_place(w: Float[Tensor, "4"], x: Float[Tensor, "2 3"], n: Int[Tensor, "3"]) -> None:
    def of_pairs(xs: list[tuple[Float[Tensor, "b t"], Int[Tensor, "b"]]]) -> None: ...
    def nested(xs: dict[str, list[Float[Tensor, "3"]]]) -> None: ...

    of_pairs([(x, n)])  # E: "xs[0][1]" to "of_pairs" does not fit: axis 0 "b" is 3, expected 2  [shape-mismatch]
    of_pairs([(x.mT, n) for _ in range(3)])
    of_pairs([(x, n) for _ in range(3)])  # E: "xs[...][1]"  [shape-mismatch]
    nested({"a": [x[0]], "b": [w]})  # E: "xs.values()[1][0]" to "nested" does not fit: axis 0 is 4  [shape-mismatch]
    nested({name: [w] for name in "ab"})  # E: [shape-mismatch]
    nested({name: [v for v in x] for name in "ab"})
    iterable(list(v for v in [w]))  # E: [shape-mismatch]
    iterable(v if len(v) else v[0] for v in x)
    iterable([w] if len(w) else [x[0]])
