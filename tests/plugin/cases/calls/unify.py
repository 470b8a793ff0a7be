"""The axes of a signature are bound anew at each call, over all arguments, and the result's follow."""

from jaxtyping import Float, Int
from torch import Tensor


def matmul(x: Float[Tensor, "n k"], y: Float[Tensor, "k m"]) -> Float[Tensor, "n m"]: ...
def square(x: Float[Tensor, "n n"]) -> Float[Tensor, "n"]: ...
def mask(x: Float[Tensor, "b t d"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b t"]: ...
def pair(x: Float[Tensor, "b 3"], y: Float[Tensor, "b 3"]) -> None: ...
def head(x: Float[Tensor, "b 80"]) -> Float[Tensor, "b 10"]: ...
def any_last(x: Float[Tensor, "b _"], y: Float[Tensor, "b _"]) -> Float[Tensor, "b _"]: ...
def scalar(x: Float[Tensor, ""]) -> Float[Tensor, ""]: ...


def numbers(a: Float[Tensor, "2 3"], b: Float[Tensor, "3 5"], c: Float[Tensor, "4 5"]) -> None:
    reveal_type(matmul(a, b))  # R: Tensor[Float, tuple[batch=2, 5], Any]
    matmul(a, c)  # E: axis 0 "k" is 4, expected 3 (bound by x axis 1)  [shape-mismatch]
    matmul(b, a)  # E: "y"  [shape-mismatch]


def names(a: Float[Tensor, "p q"], b: Float[Tensor, "q r"]) -> None:
    reveal_type(matmul(a, b))  # R: Tensor[Float, tuple[batch=p, r], Any]
    matmul(b, a)  # E: axis 0 "k" is p, expected r (bound by x axis 1)  [shape-mismatch]


def the_same_names(n: Float[Tensor, "m n"], m: Float[Tensor, "n k"]) -> None:
    """The caller's names are not the callee's."""
    reveal_type(matmul(n, m))  # R: Tensor[Float, tuple[batch=m, k], Any]
    matmul(m, n)  # E: [shape-mismatch]


def nested(a: Float[Tensor, "2 3"], b: Float[Tensor, "3 3"]) -> None:
    reveal_type(matmul(matmul(a, b), b))  # R: Tensor[Float, tuple[batch=2, 3], Any]
    matmul(matmul(a, b), a)  # E: [shape-mismatch]
    matmul(matmul(a, a), b)  # E: [shape-mismatch]


def twice_in_one_argument(a: Float[Tensor, "3 3"], b: Float[Tensor, "3 4"], c: Float[Tensor, "p q"]) -> None:
    reveal_type(square(a))  # R: Tensor[Float, tuple[batch=3], Any]
    square(b)  # E: axis 1 "n" is 4, expected 3  [shape-mismatch]
    square(c)  # E: axis 1 "n" is q, expected p  [shape-mismatch]


def a_name_and_a_number(a: Float[Tensor, "b 3"], b: Float[Tensor, "b d"]) -> None:
    pair(a, a)
    pair(a, b)  # E: axis 1 is d, expected 3  [shape-mismatch]
    head(a)  # E: axis 1 is 3, expected 80  [shape-mismatch]


def the_order_does_not_matter(x: Float[Tensor, "b t d"], lengths: Int[Tensor, "b"], other: Int[Tensor, "t"]) -> None:
    mask(x, lengths)
    mask(lengths=lengths, x=x)
    mask(x, lengths=lengths)
    mask(lengths=other, x=x)  # E: axis 0 "b" is t, expected b (bound by x axis 0)  [shape-mismatch]
    mask(x, other)  # E: [shape-mismatch]


def number_of_axes(x: Float[Tensor, "b t"], y: Float[Tensor, "b"], z: Int[Tensor, "b 1"]) -> None:
    mask(x, y)  # E: "x"  [shape-mismatch] # E: "lengths" to "mask" is Float, expected Int  [dtype-mismatch]
    mask(x[None], z)  # E: "lengths"  [shape-mismatch]
    scalar(y)  # E: [shape-mismatch]


def unknown_sizes(x: Float[Tensor, "_ 3"], y: Float[Tensor, "..."], z: Tensor, w: Float[Tensor, "3 _"]) -> None:
    reveal_type(matmul(x, w))  # R: Tensor[Float, tuple[Any, Any], Any]
    matmul(x, x)
    matmul(y, y)
    matmul(z, z)
    reveal_type(matmul(x, z))  # R: Tensor[Float, tuple[Any, Any], Any]
    square(x)
    square(w)
    pair(x, y)
    matmul(w, w)


def unknown_binds_nothing(x: Float[Tensor, "_ 3"], y: Float[Tensor, "4 5"]) -> None:
    matmul(x, y)  # E: axis 0 "k" is 4, expected 3  [shape-mismatch]


def anonymous_axes_are_free(x: Float[Tensor, "b 3"], y: Float[Tensor, "b 4"]) -> None:
    reveal_type(any_last(x, y))  # R: Tensor[Float, tuple[b, Any], Any]


def several_at_once(x: Float[Tensor, "2 3"], y: Int[Tensor, "4 5"]) -> None:
    matmul(x, y)  # E: [shape-mismatch] # E: is Int, expected Float  [dtype-mismatch]


def the_result_is_used(a: Float[Tensor, "2 3"], b: Float[Tensor, "3 5"]) -> Float[Tensor, "2 4"]:
    c = matmul(a, b)
    head(c)  # E: axis 1 is 5, expected 80  [shape-mismatch]
    return (
        c  # E: got "Tensor[Float, tuple[batch=2, 5], Any]", expected "Tensor[Float, tuple[2, 4], Any]"  [return-value]
    )


def recursion(x: Float[Tensor, "b t"], n: int) -> Float[Tensor, "b t"]:
    y: Float[Tensor, "b"] = recursion(x, n - 1)  # E: [assignment]
    del y
    return recursion(x, n - 1)


def recursion_with_other_sizes(x: Float[Tensor, "b t"], y: Float[Tensor, "t b"]) -> Float[Tensor, "b t"]:
    if len(x) == 3:
        recursion_with_other_sizes(y, x)  # E: got time, batch; expected batch, time  [axis-kind] # E: [axis-kind]
    return recursion_with_other_sizes(x, y)


def five(x: Float[Tensor, "b 5"]) -> None: ...


def branches(
    x: Float[Tensor, "b 3"],
    y: Float[Tensor, "b 4"],
    z: Float[Tensor, "b 5"],
    either: Float[Tensor, "b 3"] | Float[Tensor, "b 4"],
    or_fitting: Float[Tensor, "b 3"] | Float[Tensor, "b 5"] | None,
    flag: bool,
) -> None:
    five(x if flag else y)  # E: axis 1 is 3, expected 5  [shape-mismatch]
    five(x if flag else z)
    five(either)  # E: axis 1 is 3, expected 5  [shape-mismatch]
    if or_fitting is not None:
        five(or_fitting)
