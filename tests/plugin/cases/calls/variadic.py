"""`*batch` binds any number of axes, `...` is any number and binds nothing, `#c` also takes 1."""

from jaxtyping import Float
from torch import Tensor


def last(x: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch"]: ...
def both(x: Float[Tensor, "*batch d"], y: Float[Tensor, "*batch e"]) -> Float[Tensor, "*batch d e"]: ...
def wrapped(x: Float[Tensor, "b *space c"]) -> Float[Tensor, "c *space b"]: ...
def dots(x: Float[Tensor, "... 3"], y: Float[Tensor, "... 3"]) -> Float[Tensor, "... 4"]: ...
def broadcast(x: Float[Tensor, "#b c"], y: Float[Tensor, "#b c"]) -> Float[Tensor, "b c"]: ...
def broadcasts(x: Float[Tensor, "*#s"], y: Float[Tensor, "*#s"]) -> Float[Tensor, "*#s"]: ...
def into(x: Float[Tensor, "*s c"], y: Float[Tensor, "*#s c"]) -> Float[Tensor, "*s c"]: ...
def linear(x: Float[Tensor, "*b i"], w: Float[Tensor, "o i"]) -> Float[Tensor, "*b o"]: ...


def binds(
    a: Float[Tensor, "2 3 4"],
    b: Float[Tensor, "5"],
    c: Float[Tensor, "p q"],
    d: Float[Tensor, "*rest k"],
    s: Float[Tensor, ""],
) -> None:
    reveal_type(last(a))  # R: Tensor[Float, tuple[2, 3], Any]
    reveal_type(last(b))  # R: Tensor[Float, tuple[()], Any]
    reveal_type(last(c))  # R: Tensor[Float, tuple[p], Any]
    last(d)
    last(s)  # E: [shape-mismatch]
    reveal_type(wrapped(a))  # R: Tensor[Float, tuple[channel=4, 3, batch=2], Any]
    reveal_type(wrapped(c))  # R: Tensor[Float, tuple[channel=q, batch=p], Any]
    wrapped(b)  # E: [shape-mismatch]


def two_arguments(
    a: Float[Tensor, "2 3 4"], b: Float[Tensor, "2 3 5"], c: Float[Tensor, "2 4 5"], d: Float[Tensor, "3 5"]
) -> None:
    reveal_type(both(a, b))  # R: Tensor[Float, tuple[2, 3, channel=4, 5], Any]
    both(a, c)  # E: [shape-mismatch]
    both(a, d)  # E: [shape-mismatch]


def matrix(a: Float[Tensor, "b t 3"], w: Float[Tensor, "8 3"], v: Float[Tensor, "8 4"]) -> None:
    reveal_type(linear(a, w))  # R: Tensor[Float, tuple[b, t, 8], Any]
    linear(a, v)  # E: axis 1 "i" is 4, expected 3 (bound by x axis -1)  [shape-mismatch]


def dots_bind_nothing(a: Float[Tensor, "2 3"], b: Float[Tensor, "5 6 3"], c: Float[Tensor, "5 4"]) -> None:
    dots(a, b)
    dots(a, c)  # E: is 4, expected 3  [shape-mismatch]


def one_is_broadcast(
    a: Float[Tensor, "1 3"], b: Float[Tensor, "5 3"], c: Float[Tensor, "4 3"], d: Float[Tensor, "b 3"]
) -> None:
    reveal_type(broadcast(a, b))  # R: Tensor[Float, tuple[batch=5, channel=3], Any]
    reveal_type(broadcast(b, a))  # R: Tensor[Float, tuple[batch=5, channel=3], Any]
    broadcast(a, a)
    reveal_type(broadcast(a, d))  # R: Tensor[Float, tuple[b, channel=3], Any]
    broadcast(b, c)  # E: [shape-mismatch]
    broadcast(b, d)  # E: [shape-mismatch]


def many_are_broadcast(
    a: Float[Tensor, "5 1 3"],
    b: Float[Tensor, "4 3"],
    c: Float[Tensor, "5 4 2"],
    d: Float[Tensor, ""],
    e: Float[Tensor, "5 4 3"],
) -> None:
    broadcasts(a, b)
    broadcasts(a, d)
    broadcasts(a, e)
    broadcasts(a, c)  # E: "*s" is "5 4 2", expected "5 1 3" (bound by x)  [shape-mismatch]
    broadcasts(b, c)  # E: "*s" is "5 4 2", expected "4 3" (bound by x)  [shape-mismatch]


def some_are_broadcast(
    a: Float[Tensor, "4 1 3"],
    b: Float[Tensor, "1 5 3"],
    c: Float[Tensor, "4 5 3"],
    d: Float[Tensor, "5 3"],
    e: Float[Tensor, "n 5 3"],
    rest: Float[Tensor, "*rest 3"],
) -> None:
    """What `*s` is bound to is the whole: it is not broadcast itself."""
    reveal_type(into(c, a))  # R: Tensor[Float, tuple[4, 5, channel=3], Any]
    into(c, b)
    into(c, d)
    into(a, a)
    into(a, b)  # E: "*s" is "1 5", expected "4 1" (bound by x)  [shape-mismatch]
    into(d, c)  # E: "*s" is "4 5", expected "5" (bound by x)  [shape-mismatch]
    into(b, e)
    into(rest, c)
    into(c, rest)
    reveal_type(broadcasts(a, b))  # R: Tensor[Float, tuple[*tuple[Any, ...]], Any]


def inside_a_variadic_function(
    x: Float[Tensor, "*lead d"], y: Float[Tensor, "*lead e"], z: Float[Tensor, "*other e"]
) -> Float[Tensor, "*lead"]:
    both(x, y)
    # A limit: nothing says how many axes a group has, so two groups are not held to differ.
    both(x, z)
    if len(x) == 3:
        return last(z)
    return last(x)
