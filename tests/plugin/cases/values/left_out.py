"""`out = out or dim` and the like: what is given counts, or else the size that the constructor says."""

from typing import Optional

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


def exists(val):  # type: ignore[no-untyped-def]
    return val is not None


def default(val, d):  # type: ignore[no-untyped-def]
    return val if exists(val) else d


def twice(val, d):  # type: ignore[no-untyped-def]
    return 2 * val if exists(val) else d


class Or(nn.Module):
    def __init__(self, dim: int, hidden: int | None = None, out: Optional[int] = None) -> None:
        super().__init__()
        out = out or dim
        hidden = hidden or 4 * out
        self.up = nn.Linear(dim, hidden)
        self.down = nn.Linear(hidden, out)
        self.out = out

    def forward(self, x: Float[Tensor, "b {self.up.in_features}"]) -> Float[Tensor, "b {self.out}"]:
        self.down(self.up(x) + x)  # E: "b hidden" and "b dim" do not broadcast  [shape-mismatch]
        return self.down(self.up(x))


class OfName(nn.Module):
    def __init__(self, dim: int, hidden_dim: int | None = None) -> None:
        super().__init__()
        width = hidden_dim or 2 * dim
        self.up = nn.Linear(dim, width)
        self.down = nn.Linear(width, dim)


class Asked(nn.Module):
    def __init__(self, dim: int, *, out: int | None = None, inner: int | None = None) -> None:
        super().__init__()
        if out is None:
            out = dim
        inner = 3 * dim if inner is None else inner
        self.block = nn.Sequential(nn.Linear(dim, inner), nn.ReLU(), nn.Linear(inner, out))

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return x + self.block(x)


class Heads(nn.Module):
    def __init__(self, dim: int, heads: int = 8, head_dim: int | None = None, inner: int | None = None) -> None:
        super().__init__()
        head_dim = head_dim if head_dim is not None else dim // heads
        inner = inner or 4 * dim
        self.keys = nn.Linear(dim, 2 * heads * head_dim)
        self.out = nn.Linear(heads * head_dim, dim)
        self.wide = nn.Linear(inner, dim)

    def forward(self, x: Float[Tensor, "b n d"]) -> Float[Tensor, "b n d"]:
        keys, values = self.keys(x).chunk(2, -1)
        self.out(keys * x) + self.out(values)
        self.wide(x)  # E: axis -1 is d, expected inner  [shape-mismatch]
        return self.out(x)


class Filled(nn.Module):
    def __init__(self, dim: int, dim_out: int | None = None, context: int | None = None) -> None:
        super().__init__()
        dim_out = default(dim_out, dim)
        self.linear = nn.Linear(dim, dim_out)
        self.keys = nn.Linear(default(context, dim), dim)


class Model(nn.Module):
    def __init__(self, d: int, e: int | None = None) -> None:
        super().__init__()
        self.same = Or(d)
        self.wider = Or(d, out=2 * d)
        self.either = Or(d, out=e)

    def forward(self, x: Float[Tensor, "b {d}"]) -> None:
        reveal(self.same(x))  # N: Float[Tensor, "b d"]
        self.same(self.wider(x))  # E: is 2*d, expected d  [shape-mismatch]
        self.wider(self.same(x))
        self.same(self.either(x))


class Child(Or):
    def __init__(self, dim: int, out: int | None = None) -> None:
        out = out or 3 * dim
        super().__init__(dim, out=out)


def made(x: Float[Tensor, "b 4"], e: int | None) -> None:
    reveal(Or(4)(x))  # N: Float[Tensor, "b 4"]
    reveal(Or(4).up(x))  # N: Float[Tensor, "b 16"]
    reveal(Or(4, None, 7)(x))  # N: Float[Tensor, "b 7"]
    reveal(Or(4, out=7).up(x))  # N: Float[Tensor, "b 28"]
    reveal(Or(4, 9, 7).up(x))  # N: Float[Tensor, "b 9"]
    reveal(Or(4, 9, e)(x))  # N: Float[Tensor, "b _"]
    reveal(Or(4, 9, 0)(x))  # N: Float[Tensor, "b _"]
    Or(4).down(x)  # E: axis -1 is 4, expected 16  [shape-mismatch]
    Or(5)(x)  # E: is 4, expected 5  [shape-mismatch]
    reveal(OfName(4).up(x))  # N: Float[Tensor, "b 8"]
    OfName(4, 6).down(x)  # E: axis -1 is 4, expected 6  [shape-mismatch]
    OfName(4, hidden_dim=4).down(x)
    reveal(Asked(4).block(x))  # N: Float[Tensor, "b 4"]
    reveal(Asked(4, out=7).block(x))  # N: Float[Tensor, "b 7"]
    reveal(Filled(4).linear(x))  # N: Float[Tensor, "b 4"]
    reveal(Filled(4, 7).linear(x))  # N: Float[Tensor, "b 7"]
    Filled(4, context=3).keys(x)  # E: axis -1 is 4, expected 3  [shape-mismatch]
    Filled(4).keys(x)
    Filled(4, context=e).keys(x)
    reveal(Child(4)(x))  # N: Float[Tensor, "b 12"]
    reveal(Child(4, 7)(x))  # N: Float[Tensor, "b 7"]


class Several(nn.Module):
    """Two sizes for one that is left out; a condition; a helper that computes something else."""

    def __init__(
        self, dim: int, a: int | None = None, b: int | None = None, c: int | None = None, d: int | None = None
    ) -> None:
        super().__init__()
        self.one = nn.Linear(dim, a or dim)
        self.two = nn.Linear(dim, a or 2 * dim)
        if b is None:
            b = dim if dim > 3 else 3
        self.three = nn.Linear(dim, b)
        self.four = nn.Linear(dim, twice(c, dim))
        if d is None:
            dim = 2 * dim
            d = dim
        self.five = nn.Linear(dim, d)


def unknown_sizes(x: Float[Tensor, "b 4"], z: Float[Tensor, "b 11"]) -> None:
    module = Several(4, 6, 6, 3, 11)
    for layer in (module.one, module.two, module.three, module.four):
        layer(x) + z
    Several(4).two(x) + z
    Several(2).three(x) + z
    Several(2).five(x) + z
