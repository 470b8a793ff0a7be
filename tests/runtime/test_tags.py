"""Outputs carry what their numbers mean; inputs are held to it where they carry something."""

import copy
import io
import pickle
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypedDict, TypeVar

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import ElementError, NeuralModule, NeuralType, typecheck
from neuraltypes.elements import (
    ElementType,
    LabelsType,
    LogitsType,
    MelSpectrogramType,
    ProbsType,
    SpectrogramType,
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


def test_an_output_is_tagged_and_an_untagged_tensor_is_accepted() -> None:
    assert_holds(make_logits(x), LogitsType)
    assert_holds(make_probs(x), ProbsType)
    assert_holds(x, None)
    assert_holds(producer(Rows)(x), None)
    with pytest.raises(ElementError, match=re.escape("consume(x=): holds LogitsType(), expected ProbsType()")):
        take_probs(make_logits(x))


def test_a_result_that_holds_something_else_is_refused() -> None:
    @typecheck
    def wrong(x: Rows) -> Logits:
        return make_probs(x)

    with pytest.raises(ElementError, match=re.escape("wrong(->): holds ProbsType(), expected LogitsType()")):
        wrong(x)


def test_a_result_keeps_its_more_specific_element() -> None:
    make_mel = producer(of_element(MelSpectrogramType))

    @typecheck
    def spectrogram(x: Rows) -> NeuralType[Float[Tensor, "b t"], SpectrogramType]:
        return make_mel(x)

    consumer(of_element(MelSpectrogramType))(spectrogram(x))


def test_an_input_is_never_tagged_again() -> None:
    logits = make_logits(x)
    consumer(of_element(ElementType))(logits)
    assert_holds(logits, LogitsType)
    fresh = torch.ones(2, 3)
    take_logits(fresh)
    assert_holds(fresh, None)


def test_a_returned_input_becomes_a_view_where_its_meaning_changes() -> None:
    @typecheck
    def as_probs(x: Rows) -> Probs:
        return x

    fresh = torch.ones(2, 3)
    probs = as_probs(fresh)
    assert_holds(probs, ProbsType)
    assert_holds(fresh, None)
    assert probs is not fresh
    assert probs.data_ptr() == fresh.data_ptr()
    logits = make_logits(x)
    assert_holds(as_probs(logits), ProbsType)
    assert_holds(logits, LogitsType)


def test_a_returned_input_stays_itself_where_its_meaning_does_not_change() -> None:
    @typecheck
    def untyped(x: Rows) -> Rows:
        return x

    @typecheck
    def pass_on(x: Logits) -> Logits:
        return x

    logits = make_logits(x)
    assert pass_on(logits) is logits
    assert untyped(logits) is not None
    assert_holds(untyped(logits), LogitsType)


def test_a_gradient_flows_through_the_view_of_a_returned_input() -> None:
    @typecheck
    def as_probs(x: Rows) -> Probs:
        return x

    leaf = torch.ones(2, 3, requires_grad=True)
    as_probs(leaf).sum().backward()
    assert leaf.grad is not None
    assert leaf.grad.sum() == 6


@pytest.mark.parametrize(
    "operation",
    [
        lambda y: y + 1,
        lambda y: y.transpose(0, 1).transpose(0, 1),
        lambda y: y[:1],
        lambda y: y.clone(),
        lambda y: y.detach(),
        lambda y: y.double().float(),
        lambda y: torch.cat([y, y]),
        lambda y: y.softmax(-1),
    ],
    ids=range(8),
)
def test_an_operation_loses_the_tag(operation: Callable[[Tensor], Tensor]) -> None:
    assert_holds(operation(make_logits(x)), None)


def test_a_tag_is_stale_after_a_change_in_place() -> None:
    logits = make_logits(x)
    logits.softmax(-1)
    assert_holds(logits, LogitsType)
    logits.copy_(logits.softmax(-1))
    assert_holds(logits, None)


def test_a_tag_set_after_a_change_in_place_is_not_stale() -> None:
    @typecheck
    def grown(x: Rows) -> Logits:
        y = x * 2
        y += 1
        return y

    logits = grown(x)
    assert_holds(logits, LogitsType)
    logits += 1
    assert_holds(logits, None)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))], ids=range(3))
def test_a_copy_keeps_the_tag(copied: Callable[[Tensor], Tensor]) -> None:
    logits = make_logits(x)
    assert vars(copied(logits)) == vars(logits)
    take_logits(copied(logits))


def test_a_tagged_tensor_is_saved_and_loaded_safely() -> None:
    file = io.BytesIO()
    logits = make_logits(x)
    torch.save({"logits": logits}, file)
    file.seek(0)
    loaded = torch.load(file, weights_only=True)["logits"]
    assert vars(loaded) == vars(logits)
    take_logits(loaded)


class Owner(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2, 3))
        self.register_buffer("table", torch.ones(2, 3))
        self.table: Tensor

    def forward(self, *, parameter: bool) -> Logits:
        return self.weight if parameter else self.table


def test_a_parameter_is_never_tagged() -> None:
    owner = Owner()
    assert owner(parameter=True) is owner.weight
    assert_holds(owner.weight, None)

    @typecheck
    def returned(weight: nn.Parameter) -> Logits:
        return weight

    assert returned(owner.weight) is owner.weight
    assert_holds(owner.weight, None)


def test_a_buffer_may_mean_something_else_to_each_module_that_returns_it() -> None:
    class Other(NeuralModule):
        def __init__(self, table: Tensor) -> None:
            super().__init__()
            self.register_buffer("table", table)
            self.table: Tensor

        def forward(self) -> Probs:
            return self.table

    owner = Owner()
    other = Other(owner.table)
    for _ in range(2):
        assert_holds(owner(parameter=False), LogitsType)
        assert_holds(other(), ProbsType)


def test_the_state_of_a_module_with_tagged_tensors_is_saved_and_loaded_safely() -> None:
    owner, other, file = Owner(), Owner(), io.BytesIO()
    owner(parameter=False)
    owner(parameter=True)
    torch.save(owner.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert other(parameter=True).sum() == 6


class Pair(NamedTuple):
    logits: Logits
    rest: list[Probs]


class Keys(TypedDict):
    probs: Probs


def test_tensors_in_containers_are_tagged() -> None:
    @typecheck
    def many(x: Rows) -> tuple[Pair, dict[str, Logits], Keys, Probs | None, tuple[Probs, ...]]:
        return Pair(x * 1, [x * 1, x * 1]), {"a": x * 1}, {"probs": x * 1}, x * 1, (x * 1,)

    pair, logits, keys, probs, rest = many(x)
    assert_holds(pair.logits, LogitsType)
    for tensor in (*pair.rest, keys["probs"], probs, *rest):
        assert tensor is not None
        assert_holds(tensor, ProbsType)
    assert_holds(logits["a"], LogitsType)


def test_an_input_inside_a_returned_container_stays_untagged() -> None:
    @typecheck
    def kept(x: Rows) -> tuple[Logits, list[Probs]]:
        return x, [x]

    fresh = torch.ones(2, 3)
    first, (second,) = kept(fresh)
    assert first is second is fresh  # type: ignore[comparison-overlap]
    assert_holds(fresh, None)


@pytest.mark.parametrize(
    "tag",
    [
        "nonsense",
        '{"element": {"name": "gone.Element"}}',
        '{"kinds": [7]}',
        "[]",
    ],
)
def test_a_tag_that_cannot_be_read_says_nothing(tag: str) -> None:
    logits = make_logits(x)
    logits._neural_type = tag  # type: ignore[attr-defined]
    assert_holds(logits, None)
