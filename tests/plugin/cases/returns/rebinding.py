"""A name that is assigned again has the type of its last assignment, parameters too."""

from jaxtyping import Float, Int
from torch import Tensor, nn


class Down(nn.Module):
    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t//2"]: ...


class Embed(nn.Module):
    def forward(self, x: Int[Tensor, "b t"]) -> Float[Tensor, "b t 8"]: ...


def project(x: Float[Tensor, "b t 8"]) -> Float[Tensor, "b t 4"]: ...
def pool(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]: ...
def same(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]: ...


def parameter(x: Int[Tensor, "b t"]) -> Float[Tensor, "b 4"]:
    x = Embed()(x)
    x = project(x)
    x = pool(x)
    reveal_type(x)  # R: Tensor[Float, tuple[b, channel=4], Any]
    return x


def too_early(x: Int[Tensor, "b t"]) -> Float[Tensor, "b 4"]:
    x = Embed()(x)
    x = pool(x)
    project(x)  # E: has 2 axes, expected 3  [shape-mismatch]
    return x  # E: got "Tensor[Float, tuple[b, channel=8], Any]", expected "Tensor[Float, tuple[b, 4], Any]"  [return-value]


def branches(x: Float[Tensor, "b t"], deep: bool) -> Float[Tensor, "b t//2"]:
    if deep:
        x = Down()(x)
    else:
        x = same(x)
    # A limit: where branches differ, the axis is unknown, for the one that is wrong may be one that is never taken.
    return x


def branches_that_agree(x: Float[Tensor, "b t"], deep: bool) -> Float[Tensor, "b t"]:
    if deep:
        x = same(x)
    return x


def branches_both(x: Float[Tensor, "b t"], deep: bool) -> Float[Tensor, "b t//2"]:
    if deep:
        x = Down()(x)
    else:
        x = Down()(same(x))
    return x


def early_return(x: Float[Tensor, "b t"], deep: bool) -> Float[Tensor, "b t"]:
    if deep:
        x = Down()(x)
        return x  # E: [return-value]
    return x


def loop(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    for _ in range(3):
        x = same(x)
    return x


def loop_that_shrinks(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t_out"]:
    for _ in range(3):
        x = Down()(x)
    return x


def while_loop(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    while len(x) > 3:
        x = same(x)
    return x


def tries(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    try:
        y = Down()(x)
    except ValueError:
        y = same(x)
    return y


def unpacked(x: Float[Tensor, "b t"], y: Int[Tensor, "n"]) -> Float[Tensor, "b t"]:
    x, y = same(x), y
    z, (x, y) = 1, (Down()(x), y)
    return x  # E: [return-value]


def local(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    y = x
    y = Down()(y)
    y = same(x)
    return y


def augmented(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    x += 1
    x = x + x
    x *= 2
    return x


def walrus(x: Int[Tensor, "b t"]) -> Float[Tensor, "b t 4"]:
    if len(y := Embed()(x)) > 3:
        return y  # E: [return-value]
    return project(y)


def matched(x: Float[Tensor, "b t"], mode: str) -> Float[Tensor, "b t"]:
    match mode:
        case "down":
            y = Down()(x)
        case "same":
            y = same(x)
        case _:
            y = x
    return y


def with_statement(x: Float[Tensor, "b t"], path: str) -> Float[Tensor, "b t"]:
    with open(path) as file:
        x = Down()(x)
        print(file)
    return x  # E: [return-value]


def deleted(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    y = Down()(x)
    del y
    y = x
    return y


def comprehension(xs: list[Float[Tensor, "b t"]]) -> list[Float[Tensor, "b t"]]:
    halves = [Down()(x) for x in xs]
    if len(xs) == 1:
        return halves  # E: [return-value]
    return [same(x) for x in xs]


def expression(x: Float[Tensor, "b t"], deep: bool) -> Float[Tensor, "b t"]:
    y = Down()(x) if deep else x
    return y  # E: [return-value]
