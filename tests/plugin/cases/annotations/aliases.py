"""An alias stands for what it was defined as, its names taken where it is used."""

from typing import Annotated, Optional, TypeAlias, Union

from annotations.shared import Audio, Implicit, Logits, Maps, Mel, Pair
from jaxtyping import Bool, Float, Int
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, ProbsType

Explicit: TypeAlias = Float[Tensor, "b t"]
Local = Float[Tensor, "b t"]
Lengths = Int[Tensor, "b"]
Probs: TypeAlias = NeuralType[Float[Tensor, "b c"], ProbsType]
Mask = Optional[Bool[Tensor, "b t"]]
Either = Union[Float[Tensor, "b t"], Int[Tensor, "b t"]]
NewUnion = Float[Tensor, "b t"] | None
Named = dict[str, Float[Tensor, "b t"]]
Nested = list[tuple[Local, Lengths]]
Metadata = Annotated[Float[Tensor, "b t"], "anything"]
OfAlias = Local
OfAliases: TypeAlias = list[Explicit]
OfTime = Float[Tensor, "t"]
OfBatch = Float[OfTime, "b"]
OfShared = Float[Audio, "group"]
OneOrMore = OfTime | OfBatch | OfShared
Plain = Tensor
Quoted: TypeAlias = "Float[Tensor, 'b t']"


def explicit(x: Explicit) -> Float[Tensor, "b"]:
    reveal_type(x)  # R: Tensor[Float, tuple[b, t], Any]
    return x  # E: [return-value]


def implicit(x: Local) -> Float[Tensor, "b"]:
    reveal_type(x)  # R: Tensor[Float, tuple[b, t], Any]
    return x  # E: [return-value]


def the_same_names(x: Explicit, n: Lengths) -> Float[Tensor, "b t"]:
    return x


def element(x: Probs) -> Logits:
    return x  # E: [return-value]


def optional(x: Mask) -> Bool[Tensor, "b"]:
    assert x is not None
    return x  # E: [return-value]


def optional_returned(x: Mask) -> Bool[Tensor, "b t"]:
    return x  # E: [return-value]


def union(x: Either) -> Float[Tensor, "b t"]:
    return x  # E: [return-value]


def new_union(x: NewUnion) -> Float[Tensor, "b"]:
    assert x is not None
    return x  # E: [return-value]


def in_a_dict(x: Named) -> Float[Tensor, "b"]:
    reveal_type(x)  # R: dict[str, Tensor[Float, tuple[b, t], Any]]
    return x["a"]  # E: [return-value]


def nested(x: Nested) -> Float[Tensor, "b"]:
    return x[0][0]  # E: [return-value]


def metadata(x: Metadata) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def of_alias(x: OfAlias) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def of_aliases(x: OfAliases) -> Float[Tensor, "b"]:
    return x[0]  # E: [return-value]


def plain(x: Plain) -> Float[Tensor, "b"]:
    return x


def quoted(x: Quoted) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def imported(x: Audio) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def imported_implicit(x: Implicit) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def imported_mel(x: Mel) -> Float[Tensor, "b 40 t"]:
    return x  # E: [return-value]


def imported_maps(x: Maps) -> Float[Tensor, "b"]:
    return x[0]  # E: [return-value]


def imported_pair(x: Pair) -> Probs:
    return x[1]  # E: [return-value]


def calls(x: Audio, y: Local, z: Float[Tensor, "n m"], w: Float[Tensor, "n m k"]) -> None:
    explicit(x)
    explicit(y)
    explicit(z)
    explicit(w)  # E: [shape-mismatch]
    the_same_names(w, w)  # E: [shape-mismatch] # E: [shape-mismatch] # E: [dtype-mismatch]


def local_alias(y: Float[Tensor, "b t"]) -> None:
    Inner = Float[Tensor, "b"]
    x: Inner = y  # E: [assignment]
    del x


class Holder:
    Alias = Float[Tensor, "b t"]

    def method(self, x: Alias) -> Float[Tensor, "b"]:
        return x  # E: [return-value]


def of_a_class(x: Holder.Alias) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def malformed(x: "Broken") -> None: ...


Broken = Float[Tensor, "a, b"]  # E: [bad-annotation]


# jaxtyping lets an alias be the array of another annotation, whose axes come in front.


def of_batch(x: OfBatch, y: OfShared) -> OfTime:
    reveal_type(x)  # R: Tensor[Float, tuple[b, t], Any]
    reveal_type(y)  # R: Tensor[Float, tuple[group, b, t], Any]
    return x  # E: [return-value]


def of_alias_in_place(x: Float[OfTime, "b"], y: OneOrMore) -> OfBatch:
    reveal_type(x)  # R: Tensor[Float, tuple[b, t], Any]
    if y.ndim == 3:
        return y[:, 0, 0]  # E: [return-value]
    return x
