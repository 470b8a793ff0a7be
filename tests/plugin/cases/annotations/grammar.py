"""Every form of an axis is read, and shown as it was written."""

from jaxtyping import Float
from torch import Tensor


def fixed(x: Float[Tensor, "2 80"]) -> Float[Tensor, "2 80"]:
    reveal_type(x)  # R: Tensor[Float, tuple[2, 80], Any]
    return x


def fixed_other(x: Float[Tensor, "2 80"]) -> Float[Tensor, "2 81"]:
    return x  # E: expected "Tensor[Float, tuple[2, 81], Any]"  [return-value]


def named(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    reveal_type(x)  # R: Tensor[Float, tuple[b, t], Any]
    return x


def named_other(x: Float[Tensor, "b t"], y: Float[Tensor, "b s"]) -> Float[Tensor, "b s"]:
    return x  # E: got "Tensor[Float, tuple[b, t], Any]", expected "Tensor[Float, tuple[b, s], Any]"  [return-value]


def one_name(x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
    reveal_type(x)  # R: Tensor[Float, tuple[b], Any]
    return x


def scalar(x: Float[Tensor, ""], y: Float[Tensor, "b"]) -> Float[Tensor, ""]:
    reveal_type(x)  # R: Tensor[Float, tuple[()], Any]
    return y  # E: [return-value]


def anonymous(x: Float[Tensor, "b _"]) -> Float[Tensor, "b 3"]:
    reveal_type(x)  # R: Tensor[Float, tuple[b, Any], Any]
    return x


def any_number(x: Float[Tensor, "b ..."]) -> Float[Tensor, "b t c"]:
    return x


def any_number_fixed_start(x: Float[Tensor, "2 ..."]) -> Float[Tensor, "3 ..."]:
    return x  # E: [return-value]


def variadic(x: Float[Tensor, "*batch c"]) -> Float[Tensor, "*batch c"]:
    return x


def variadic_other_end(x: Float[Tensor, "*batch c"], y: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch d"]:
    return x  # E: [return-value]


def variadic_in_the_middle(x: Float[Tensor, "b *space c"]) -> Float[Tensor, "b *space c"]:
    return x


def anonymous_variadic(x: Float[Tensor, "*_ c"]) -> Float[Tensor, "*_ c"]:
    return x


def broadcastable(x: Float[Tensor, "#b t"]) -> Float[Tensor, "#b t"]:
    return x


def broadcastable_variadic(x: Float[Tensor, "*#b t"]) -> Float[Tensor, "*#b t"]:
    return x


def labelled(x: Float[Tensor, "batch=q mel=80"]) -> Float[Tensor, "q 80"]:
    return x


def labelled_fixed(x: Float[Tensor, "batch=q mel=80"]) -> Float[Tensor, "q 40"]:
    return x  # E: [return-value]


def braces(x: Float[Tensor, "b {n}"], n: int) -> Float[Tensor, "b {n}"]:
    return x


def braces_of_attributes(x: Float[Tensor, "b {n.bit_length()}"], n: int) -> Float[Tensor, "b {n.bit_length()}"]:
    return x


def symbolic(x: Float[Tensor, "b 2*t"], y: Float[Tensor, "t"]) -> Float[Tensor, "b t*2"]:
    return x


def symbolic_equal_in_normal_form(
    x: Float[Tensor, "t+s 2*(t+1)"], t: Float[Tensor, "t"], s: Float[Tensor, "s"]
) -> Float[Tensor, "s+t 2*t+2"]:
    return x


def symbolic_other(x: Float[Tensor, "t+1"], y: Float[Tensor, "t"]) -> Float[Tensor, "t-1"]:
    return x  # E: [return-value]


def symbolic_functions(
    x: Float[Tensor, "min(t,s)"], t: Float[Tensor, "t"], s: Float[Tensor, "s"]
) -> Float[Tensor, "_"]:
    return x


def symbolic_division(x: Float[Tensor, "(t-1)//2+1"], t: Float[Tensor, "t"]) -> Float[Tensor, "(t-1)//2+1"]:
    return x


def symbolic_constant(x: Float[Tensor, "2*3"]) -> Float[Tensor, "6"]:
    return x


def spaces(x: Float[Tensor, "  b   t "]) -> Float[Tensor, "b t"]:
    return x


def looks_like_a_union(x: Float[Tensor, "b t|1"]) -> Float[Tensor, "b _"]:
    return x


def looks_like_a_name(x: Float[Tensor, "int"], y: Float[Tensor, "Tensor"]) -> Float[Tensor, "Tensor"]:
    return x  # E: [return-value]


def looks_like_a_number(x: Float[Tensor, "3"], y: Float[Tensor, "True"]) -> Float[Tensor, "True"]:
    return y


def number_of_axes(x: Float[Tensor, "b t"], y: Float[Tensor, "b t 1"]) -> None:
    y = x
    x = y
    z: Float[Tensor, "b t 1"] = x  # E: [assignment]


def nested(x: Float[Float[Tensor, "t c"], "b"]) -> Float[Tensor, "b t c"]:
    return x


def nested_other(x: Float[Float[Tensor, "t c"], "b"]) -> Float[Tensor, "t c b"]:
    return x  # E: [return-value]
