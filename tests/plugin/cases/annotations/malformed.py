"""A malformed annotation is an error where it stands, with the right spelling."""

import jaxtyping as jt
from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, ProbsType


def commas(
    x: Float[Tensor, "b,t c"],  # E: axes are separated by spaces, not commas; write "b t c"  [bad-annotation]
) -> None: ...


def two_variadics(x: Float[Tensor, "*a *b"]) -> None: ...  # E: [bad-annotation]


def two_dots(x: Float[Tensor, "... t ..."]) -> None: ...  # E: [bad-annotation]


def dots_and_variadic(x: Float[Tensor, "... *b"]) -> None: ...  # E: [bad-annotation]


def unknown_modifier(x: Float[Tensor, "b @t"]) -> None: ...  # E: [bad-annotation]


def unknown_sign(x: Float[Tensor, "$t"]) -> None: ...  # E: [bad-annotation]


def modifiers_alone(x: Float[Tensor, "b *"]) -> None: ...  # E: [bad-annotation]


def unbalanced(x: Float[Tensor, "b {n"], n: int) -> None: ...  # E: [bad-annotation]


def unbalanced_parenthesis(x: Float[Tensor, "(t+1"]) -> None: ...  # E: [bad-annotation]


def no_string(x: Float[Tensor, 3]) -> None: ...  # E: [bad-annotation]


def no_axes(x: Float[Tensor]) -> None: ...  # E: Float  [bad-annotation]


def too_many(x: Float[Tensor, "b", "t"]) -> None: ...  # E: [bad-annotation]


def bare(x: Float) -> None: ...  # E: Float  [bad-annotation]


def misspelt(x: jt.Flaot[Tensor, "b"]) -> None: ...  # E: Flaot  [name-defined] # E: Name "b"


def not_there(x: jt.Float128[Tensor, "b"]) -> None: ...  # E: Float128  [name-defined] # E: Name "b"


from jaxtyping import Flaot  # E: [attr-defined]


def in_a_list(x: list[Float[Tensor, "a, b"]]) -> None: ...  # E: [bad-annotation]


def in_a_result(x: Tensor) -> Float[Tensor, "*a *b"]:  # E: [bad-annotation]
    return x


def quoted(x: 'Float[Tensor, "a, b"]') -> None: ...  # E: [bad-annotation]


class Attribute:
    x: Float[Tensor, "a, b"]  # E: [bad-annotation]


def local(y: Tensor) -> None:
    x: Float[Tensor, "a, b"] = y  # E: [bad-annotation]


def no_element(x: NeuralType[Float[Tensor, "b"]]) -> None: ...  # E: one element  [bad-annotation]


def no_element_class(x: NeuralType[Float[Tensor, "b"], int]) -> None: ...  # E: is no element  [bad-annotation]


def unknown_element(x: NeuralType[Float[Tensor, "b"], Logits]) -> None: ...  # E: Logits  [name-defined]


def two_elements(x: NeuralType[Float[Tensor, "b"], LogitsType, ProbsType]) -> None: ...  # E: got 3


def a_string_element(
    x: NeuralType[Float[Tensor, "b"], "LogitsType"],  # E: is no element  [bad-annotation]
) -> None: ...


def the_rest_of_the_file_is_checked(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def one_error_alone(x: Float["b n d"]) -> None: ...  # E: Float takes a tensor type  [bad-annotation]
