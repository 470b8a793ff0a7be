"""What inputs accept by the tags of tensors: elements and their subclasses, kinds of axes, element variables."""

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor

from neuraltypes import AxisKindError, ElementError, NeuralModule, NeuralType, typecheck
from neuraltypes.elements import (
    AudioSignal,
    ElementType,
    KeepMaskType,
    LabelsType,
    LogitsType,
    MaskType,
    MelSpectrogramType,
    PaddingMaskType,
    ProbsType,
    SpectrogramType,
    UnnormalizedType,
    ValidMaskType,
    VoidType,
)

E = TypeVar("E", bound=ElementType)

Rows = Float[Tensor, "b t"]
Logits = NeuralType[Float[Tensor, "b t"], LogitsType]
Probs = NeuralType[Float[Tensor, "b t"], ProbsType]


def producer(hint: Any) -> Callable[[Tensor], Tensor]:
    """A checked function whose result is a new tensor of the type `hint`."""

    def produce(x: Any) -> Any:
        return x * 2

    produce.__annotations__ = {"x": Tensor, "return": hint}
    return typecheck(produce)


def consumer(hint: Any) -> Callable[[Any], None]:
    def consume(x: Any) -> None: ...

    consume.__annotations__ = {"x": hint}
    return typecheck(consume)


def of_element(element: Any) -> Any:
    return NeuralType[Float[Tensor, "b t"], element]


make_logits, make_probs = producer(Logits), producer(Probs)
take_logits, take_probs = consumer(Logits), consumer(Probs)
x = torch.ones(2, 3)


def assert_holds(tensor: Tensor, element: type[ElementType] | None) -> None:
    """The tensor passes as its own element and as no other; an unknown one passes as all."""
    for other in (LogitsType, ProbsType, LabelsType):
        if element in (None, other):
            consumer(of_element(other))(tensor)
        else:
            with pytest.raises(ElementError):
                consumer(of_element(other))(tensor)


ELEMENTS = [
    (SpectrogramType, MelSpectrogramType, True),
    (MelSpectrogramType, SpectrogramType, False),
    (MelSpectrogramType, MelSpectrogramType, True),
    (VoidType, LogitsType, True),
    (ElementType, LogitsType, True),
    (MaskType, PaddingMaskType, True),
    (KeepMaskType, ValidMaskType, True),
    (KeepMaskType, PaddingMaskType, False),
    (LogitsType, UnnormalizedType, True),
    (ProbsType, UnnormalizedType, False),
    (AudioSignal, AudioSignal(freq=16000), True),
    (AudioSignal(freq=16000), AudioSignal, True),
    (AudioSignal(freq=16000), AudioSignal(freq=16000), True),
    (AudioSignal(freq=16000), AudioSignal(freq=8000), False),
]


@pytest.mark.parametrize(("expected", "given", "fits"), ELEMENTS, ids=str)
def test_an_input_accepts_its_element_and_subclasses(expected: Any, given: Any, fits: bool) -> None:
    tensor = producer(of_element(given))(x)
    if fits:
        consumer(of_element(expected))(tensor)
    else:
        with pytest.raises(ElementError, match="expected"):
            consumer(of_element(expected))(tensor)


def test_a_users_own_element_is_one_line() -> None:
    class Energy(LogitsType): ...

    energy = producer(of_element(Energy))(x)
    take_logits(energy)
    with pytest.raises(ElementError, match=r"holds LogitsType\(\), expected Energy\(\)"):
        consumer(of_element(Energy))(make_logits(x))


KINDS = [
    ("t b c", "b t c", False),
    ("b c t", "b t c", False),
    ("b t c", "b t c", True),
    ("b t_out c", "b t_in c", True),
    ("b t features", "b t c", True),
    ("... c", "b t c", True),
    ("b t", "b t c", True),
    ("time=b batch=t channel=c", "b t c", False),
]


@pytest.mark.parametrize(("expected", "given", "fits"), KINDS)
def test_a_transposed_batch_is_refused_though_every_size_fits(expected: str, given: str, fits: bool) -> None:
    tensor = producer(Float[Tensor, given])(torch.ones(4, 4, 4))
    consume = consumer(Float[Tensor, expected])
    if expected == "b t":
        tensor = tensor[0]
    if fits:
        consume(tensor)
    else:
        with pytest.raises(AxisKindError, match="axes are batch, time, channel; expected"):
            consume(tensor)


def test_tags_in_containers_are_checked_item_by_item() -> None:
    @typecheck
    def take(all_of: list[Logits], named: dict[str, Logits]) -> None: ...

    take([make_logits(x), x], {"a": make_logits(x)})
    with pytest.raises(ElementError, match=re.escape("take(all_of=[1]): holds ProbsType()")):
        take([make_logits(x), make_probs(x)], {})
    with pytest.raises(ElementError, match=re.escape("take(named=['b']): holds ProbsType()")):
        take([], {"a": x, "b": make_probs(x)})


def test_a_tag_chooses_the_option_of_a_union() -> None:
    @typecheck
    def take(x: Logits | NeuralType[Int[Tensor, "b t"], LabelsType]) -> None: ...

    take(make_logits(x))
    take(x.int())
    with pytest.raises(TypeError, match="fits no option"):
        take(make_probs(x))


class Halve(NeuralModule, Generic[E]):
    def forward(self, *, x: NeuralType[Float[Tensor, "b t"], E]) -> NeuralType[Float[Tensor, "b t"], E]:
        return x / 2


def test_an_element_variable_passes_the_inputs_element_on() -> None:
    assert_holds(Halve()(x=make_logits(x)), LogitsType)
    assert_holds(Halve()(x=make_probs(x)), ProbsType)


def test_an_element_variable_leaves_an_unknown_element_unknown() -> None:
    assert_holds(Halve()(x=x), None)


def test_an_element_variable_of_a_function_accepts_what_its_bound_admits() -> None:
    M = TypeVar("M", bound=MaskType)

    @typecheck
    def flip(x: NeuralType[Float[Tensor, "b t"], M]) -> NeuralType[Float[Tensor, "b t"], M]:
        return 1 - x

    mask = producer(of_element(PaddingMaskType))(x)
    with pytest.raises(ElementError):
        consumer(of_element(KeepMaskType))(flip(mask))
    with pytest.raises(ElementError, match=r"holds LogitsType\(\), expected MaskType\(\)"):
        flip(make_logits(x))


class LogitsHalf(Halve[LogitsType]):
    pass


class Inherited(LogitsHalf):
    def forward(self, *, x):  # type: ignore[no-untyped-def]
        return super().forward(x=x)


@pytest.mark.parametrize("module", [LogitsHalf, Inherited], ids=lambda module: module.__name__)
def test_a_subclass_that_names_the_element_is_held_to_it(module: type[LogitsHalf]) -> None:
    assert_holds(module()(x=x), LogitsType)
    assert_holds(module()(x=make_logits(x)), LogitsType)
    with pytest.raises(ElementError, match=r"holds ProbsType\(\), expected LogitsType\(\)"):
        module()(x=make_probs(x))
    assert_holds(Halve()(x=make_probs(x)), ProbsType)
