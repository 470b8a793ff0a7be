"""A container of neural types is the same container of tensors, however deep."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Optional, TypedDict, Union, assert_type

from jaxtyping import Bool, Float, Int
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import (
    AudioSignal,
    EncodedRepresentation,
    LengthsType,
    LogprobsType,
    MaskType,
)


class Encoded(NamedTuple):
    encoded: NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]
    lengths: NeuralType[Int[Tensor, "b"], LengthsType] | None = None


@dataclass
class Batch:
    audio: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)]
    mask: Optional[NeuralType[Bool[Tensor, "b t"], MaskType]] = None


class Output(TypedDict):
    logprobs: NeuralType[Float[Tensor, "b t c"], LogprobsType]
    layers: list[NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]]


class State(NamedTuple):
    output: Output
    history: tuple[Encoded, ...]


def optional(
    old: Optional[NeuralType[Float[Tensor, "b t"], LogprobsType]],
    new: NeuralType[Float[Tensor, "b t"], LogprobsType] | None = None,
    inside: NeuralType[Float[Tensor, "b t"] | None, LogprobsType] = None,
) -> None:
    assert_type(old, Tensor | None)
    assert_type(new, Tensor | None)
    assert_type(inside, Tensor | None)
    if new is not None:
        assert_type(new, Tensor)


def union(
    old: Union[NeuralType[Float[Tensor, "b t"], LogprobsType], int],
    new: NeuralType[Float[Tensor, "b t"], LogprobsType] | NeuralType[Int[Tensor, "b"], LengthsType] | int,
) -> None:
    assert_type(old, Tensor | int)
    assert_type(new, Tensor | int)


def lists(
    layers: list[NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]],
    sequence: Sequence[NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]],
) -> None:
    assert_type(layers, list[Tensor])
    assert_type(sequence[0], Tensor)
    assert_type([layer * 2 for layer in layers], list[Tensor])


def tuples(
    pair: tuple[NeuralType[Float[Tensor, "b t c"], EncodedRepresentation], NeuralType[Int[Tensor, "b"], LengthsType]],
    many: tuple[NeuralType[Float[Tensor, "b c"], EncodedRepresentation], ...],
) -> None:
    assert_type(pair, tuple[Tensor, Tensor])
    assert_type(many, tuple[Tensor, ...])


def dicts(
    named: dict[str, NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]],
    mapping: Mapping[str, NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]],
) -> None:
    assert_type(named, dict[str, Tensor])
    assert_type(mapping["x"], Tensor)


def functions(loss: Callable[[NeuralType[Float[Tensor, "b c"], LogprobsType]], Float[Tensor, ""]], x: Tensor) -> None:
    assert_type(loss(x), Tensor)


def nested(
    x: dict[str, list[tuple[NeuralType[Float[Tensor, "b t"], LogprobsType] | None, Encoded]]], state: State
) -> None:
    assert_type(x, dict[str, list[tuple[Tensor | None, Encoded]]])
    assert_type(state.history[0].encoded, Tensor)
    assert_type(state.output["layers"], list[Tensor])


def records(encoded: Encoded, batch: Batch, output: Output) -> Encoded:
    assert_type(encoded.encoded, Tensor)
    assert_type(encoded.lengths, Tensor | None)
    assert_type(batch.audio, Tensor)
    assert_type(batch.mask, Tensor | None)
    assert_type(output["logprobs"], Tensor)
    assert_type(output["layers"], list[Tensor])
    return Encoded(encoded=encoded.encoded)


def the_standard_example(
    result: tuple[
        NeuralType[Float[Tensor, "b t c"], EncodedRepresentation],
        list[NeuralType[Float[Tensor, "d b c"], EncodedRepresentation]],
    ],
) -> None:
    y, h_c = result
    assert_type(y, Tensor)
    assert_type(h_c, list[Tensor])


def calls(x: Tensor) -> None:
    assert_type(Encoded(x, x).lengths, Tensor | None)
    assert_type(Batch(audio=x).mask, Tensor | None)
    output: Output = {"logprobs": x, "layers": [x]}
    assert_type(records(Encoded(x), Batch(x, x), output), Encoded)
    optional(None)
    union(1, x)
