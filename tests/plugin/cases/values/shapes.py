"""Sizes are values: of `shape`, `size()`, `len`, `ndim`, and arithmetic on them."""

from jaxtyping import Float, Int
from torch import Tensor


def want(x: Float[Tensor, "b {n}"], n: int) -> None: ...
def wants(x: Float[Tensor, "b {n} {m}"], n: int, m: int) -> None: ...
def first(x: Float[Tensor, "{n} t"], n: int) -> None: ...
def grid(h: int, w: int) -> Float[Tensor, "{h} {w}"]: ...
def steps(n: int) -> Int[Tensor, "{n}"]: ...


def fixed(x: Float[Tensor, "b 3"]) -> None:
    want(x, 3)
    want(x, n=3)
    want(x, 4)  # E: axis 1 is 3, expected 4  [shape-mismatch]


def unpacked(x: Float[Tensor, "b t c"], y: Float[Tensor, "b t"]) -> None:
    b, t, c = x.shape
    want(y, t)
    want(y, n=t)
    want(y, c)  # E: [shape-mismatch]
    want(y, b)  # E: [shape-mismatch]
    first(y, b)
    wants(x, t, c)
    wants(x, c, t)  # E: [shape-mismatch] # E: [shape-mismatch]


def by_index(x: Float[Tensor, "b t c"], y: Float[Tensor, "b t"]) -> None:
    want(y, x.shape[1])
    want(y, x.shape[-2])
    want(y, x.size(1))
    want(y, x.size(-2))
    want(y, x.size()[1])
    want(y, x.shape[2])  # E: [shape-mismatch]
    want(y, x.size(-1))  # E: [shape-mismatch]
    first(y, len(x))
    first(y, x.size(dim=0))
    first(y, len(x[0]))  # E: [shape-mismatch]


def slices(x: Float[Tensor, "b t c"], y: Float[Tensor, "b t"]) -> None:
    b, t = x.shape[:2]
    want(y, t)
    want(y, b)  # E: [shape-mismatch]
    (*_, c) = x.shape
    want(y, c)  # E: [shape-mismatch]
    t, c = x.shape[-2:]
    want(y, t)


def arithmetic(x: Float[Tensor, "b t"], y: Float[Tensor, "b 2*t"], z: Float[Tensor, "b t//2"]) -> None:
    t = x.shape[1]
    want(y, 2 * t)
    want(y, t * 2)
    want(y, t + t)
    want(z, t // 2)
    want(y, t)  # E: [shape-mismatch]
    want(z, t)  # E: [shape-mismatch]
    want(x, (t + 1) * 2 - t - 2)
    doubled = t * 2
    want(y, doubled)
    want(x, doubled)  # E: [shape-mismatch]


def results(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    reveal_type(grid(3, 4))  # R: Tensor[Float, tuple[3, 4], Any]
    b, t = x.shape
    if t == 1:
        return grid(t, b)  # E: [return-value]
    return grid(b, t)


def ndim(x: Float[Tensor, "b t"], y: Float[Tensor, "..."]) -> int:
    n: int = x.ndim + y.ndim + x.dim()
    return n + len(x.shape)


def stays_an_int(x: Float[Tensor, "b t"]) -> list[int]:
    b, t = x.shape
    reveal_type(b)  # R: int
    reveal_type(x.shape[1])  # R: int
    reveal_type(t * 2)  # R: int
    reveal_type(t / 2)  # R: float
    reveal_type([b, t])  # R: list[int]
    reveal_type({"b": b})  # R: dict[str, int]
    reveal_type((b, t))  # R: tuple[int, int]
    sizes = [b, t]
    sizes.append(3)
    b = 3
    text: str = b  # E: [assignment]
    del text
    return sizes


def unpacking_is_checked(x: Float[Tensor, "b t c"]) -> None:
    b, t = x.shape  # E: [misc]
    x.shape[3]  # E: [misc]
    del b, t
