"""Axes that are computed from others are computed at the call, whatever the order of the arguments."""

from jaxtyping import Float
from torch import Tensor


def upsample(x: Float[Tensor, "b t"]) -> Float[Tensor, "b 2*t"]: ...
def conv(x: Float[Tensor, "b t"]) -> Float[Tensor, "b (t-1)//2+1"]: ...
def cat(x: Float[Tensor, "n k"], y: Float[Tensor, "m k"]) -> Float[Tensor, "n+m k"]: ...
def flatten(x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h*w c"]: ...
def doubled(y: Float[Tensor, "2*p"], x: Float[Tensor, "p"]) -> None: ...
def alone(x: Float[Tensor, "2*t"]) -> Float[Tensor, "t"]: ...
def at_least(x: Float[Tensor, "t"], y: Float[Tensor, "s"], z: Float[Tensor, "min(t,s)"]) -> None: ...
def sized(n: int, x: Float[Tensor, "b {n}"]) -> Float[Tensor, "b {n}+1"]: ...
def windows(x: Float[Tensor, "b t"], size: int = 4) -> Float[Tensor, "b t//{size} {size}"]: ...


def numbers(x: Float[Tensor, "2 10"], y: Float[Tensor, "3 10"], z: Float[Tensor, "2 3 4 5"]) -> None:
    reveal_type(upsample(x))  # R: Tensor[Float, tuple[batch=2, 20], Any]
    reveal_type(conv(x))  # R: Tensor[Float, tuple[batch=2, 5], Any]
    reveal_type(cat(x, y))  # R: Tensor[Float, tuple[5, 10], Any]
    reveal_type(flatten(z))  # R: Tensor[Float, tuple[batch=2, 12, channel=5], Any]
    reveal_type(conv(upsample(x)))  # R: Tensor[Float, tuple[batch=2, 10], Any]


def names(x: Float[Tensor, "b t"], y: Float[Tensor, "m t"]) -> Float[Tensor, "b 4*t"]:
    reveal_type(upsample(x))  # R: Tensor[Float, tuple[b, 2*t], Any]
    reveal_type(cat(x, y))  # R: Tensor[Float, tuple[b+m, t], Any]
    cat(upsample(x), y)  # E: [shape-mismatch]
    if len(x) == 1:
        return upsample(x)  # E: [return-value]
    return upsample(upsample(x))


def expected(x: Float[Tensor, "3"], y: Float[Tensor, "6"], z: Float[Tensor, "7"]) -> None:
    doubled(y, x)
    doubled(x=x, y=y)
    doubled(z, x)  # E: [shape-mismatch]
    at_least(x, y, x)
    at_least(x, y, y)  # E: [shape-mismatch]


def expected_of_names(
    x: Float[Tensor, "n"], y: Float[Tensor, "2*n"], z: Float[Tensor, "n+n"], w: Float[Tensor, "n+1"]
) -> None:
    doubled(y, x)
    doubled(z, x)
    doubled(w, x)  # E: [shape-mismatch]
    doubled(x, y)  # E: [shape-mismatch]


def bound_by_nothing(x: Float[Tensor, "6"], y: Float[Tensor, "7"]) -> None:
    """What a computed axis alone says is not solved for."""
    alone(x)
    alone(y)


def braces(x: Float[Tensor, "b 3"], n: int) -> None:
    reveal_type(sized(3, x))  # R: Tensor[Float, tuple[b, 4], Any]
    reveal_type(sized(x=x, n=3))  # R: Tensor[Float, tuple[b, 4], Any]
    sized(4, x)  # E: axis 1 is 3, expected 4  [shape-mismatch]
    sized(x.shape[1], x)
    sized(n, x)  # whoever calls this function may give 3 for `n`


def braces_with_a_default(x: Float[Tensor, "b 12"]) -> None:
    reveal_type(windows(x))  # R: Tensor[Float, tuple[b, 3, 4], Any]
    reveal_type(windows(x, 6))  # R: Tensor[Float, tuple[b, 2, 6], Any]
    reveal_type(windows(x, size=3))  # R: Tensor[Float, tuple[b, 4, 3], Any]


def unknown_braces(x: Float[Tensor, "b 12"], sizes: list[int]) -> None:
    sized(sizes[0], x)
    reveal_type(windows(x, sizes[0]))  # R: Tensor[Float, tuple[b, Any, Any], Any]


class Framer:
    def frames(self, x: Float[Tensor, "b t"], size: int = 4) -> Float[Tensor, "b t//{size} {size}"]: ...
    @staticmethod
    def whole(x: Float[Tensor, "b {size}"], *, size: int = 4, hop: int = 2) -> Float[Tensor, "b {size}*{hop}"]: ...


def defaults_of_methods(framer: Framer, x: Float[Tensor, "b 12"], options: dict[str, int], n: int) -> None:
    reveal_type(framer.frames(x))  # R: Tensor[Float, tuple[b, 3, 4], Any]
    reveal_type(framer.frames(x, 3))  # R: Tensor[Float, tuple[b, 4, 3], Any]
    reveal_type(framer.frames(x, **options))  # R: Tensor[Float, tuple[b, Any, Any], Any]
    framer.whole(x)  # E: axis 1 is 12, expected 4  [shape-mismatch]
    framer.whole(x, size=n)
    reveal_type(framer.whole(x, size=12))  # R: Tensor[Float, tuple[b, 24], Any]
    reveal_type(Framer().whole(x, size=12, hop=3))  # R: Tensor[Float, tuple[b, 36], Any]
