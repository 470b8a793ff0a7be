"""Containers are checked item by item, and parameters that hold no tensor by their ordinary hints."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, NewType, NoReturn, NotRequired, Optional, TypedDict

import pytest
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import ArgumentTypeError, CheckError, DTypeError, ShapeError, typecheck

Row = Float[Tensor, "b t"]
Count = NewType("Count", int)


class Named(NamedTuple):
    row: Float[Tensor, "b t"]
    number: int = 1


@dataclass
class Record:
    row: Float[Tensor, "b t"]
    length: Int[Tensor, "b"] | None = None


class Keys(TypedDict):
    row: Float[Tensor, "b t"]
    mask: NotRequired[Bool[Tensor, "b t"]]


class Nested(NamedTuple):
    named: Named
    rows: dict[str, list[Float[Tensor, "b t"]]]


@dataclass
class Node:
    row: Float[Tensor, "b t"]
    left: Optional["Node"] = None


def zeros(*sizes: int) -> Tensor:
    return torch.zeros(sizes)


def function_of(hint: Any, returns: Any = Any) -> Callable[..., Any]:
    """A checked function that returns `out`; `x` comes first, for its axes to be bound by."""

    def f(x: Any, value: Any, out: Any = None) -> Any:
        return out

    f.__annotations__ = {"x": Row, "value": hint, "return": returns}
    return typecheck(f)


def fail_if_called(*args: object) -> NoReturn:
    pytest.fail("the guard does not say yes")


GOOD, BAD = (2, 3), (2, 4)
WRONG_SIZE = "axis 1 't' is 4, expected 3 (bound by x axis 1)"

# A hint, a value in it, and what is said of the value, None where it fits.
CASES: list[tuple[Any, Any, str | None]] = [
    (list[Row], [], None),
    (list[Row], [zeros(*GOOD), zeros(*GOOD)], None),
    (list[Row], [zeros(*GOOD), zeros(*BAD)], f"(value=[1]): {WRONG_SIZE}"),
    (list[Row], [zeros(*BAD), *[zeros(*GOOD)] * 50], f"(value=[0]): {WRONG_SIZE}"),
    (list[Row], (zeros(*GOOD),), "(value=): is a tuple of 1, expected a list"),
    (list[Row], [zeros(*GOOD), None], "(value=[1]): is None, expected a Tensor"),
    (list[Row], zeros(*GOOD), "(value=): is float32[2, 3], expected a list"),
    (Sequence[Row], (zeros(*GOOD), zeros(*BAD)), f"(value=[1]): {WRONG_SIZE}"),
    (Sequence[Row], [zeros(*GOOD)], None),
    (tuple[Row, ...], (), None),
    (tuple[Row, ...], (zeros(*GOOD), zeros(*BAD)), f"(value=[1]): {WRONG_SIZE}"),
    (tuple[Row, ...], [zeros(*GOOD)], "(value=): is a list of 1, expected a tuple"),
    (tuple[Row, Float[Tensor, "t"]], (zeros(*GOOD), zeros(3)), None),
    (tuple[Row, Float[Tensor, "t"]], (zeros(*GOOD), zeros(4)), "(value=[1]): axis 0 't' is 4, expected 3"),
    (tuple[Row, Float[Tensor, "t"]], (zeros(*GOOD),), "(value=): has 1 items, expected 2"),
    (tuple[Row, int], (zeros(*GOOD), "2"), "(value=[1]): is a value of type str, expected int"),
    (dict[str, Row], {}, None),
    (dict[str, Row], {"a": zeros(*GOOD), "b": zeros(*GOOD)}, None),
    (dict[str, Row], {"a": zeros(*GOOD), "b": zeros(*BAD)}, f"(value=['b']): {WRONG_SIZE}"),
    (dict[str, Row], {"a": zeros(*GOOD), 2: zeros(*GOOD)}, "has the key 2 of type int, expected str"),
    (dict[str, Row], [zeros(*GOOD)], "(value=): is a list of 1, expected a dict"),
    (dict[str, Row], MappingProxyType({}), "(value=): is a mappingproxy of 0, expected a dict"),
    (Mapping[str, Row], [], "(value=): is a list of 0, expected a Mapping"),
    (Mapping[str, Row], MappingProxyType({"a": zeros(*GOOD)}), None),
    (Mapping[int, Row], {1: zeros(*BAD)}, f"(value=[1]): {WRONG_SIZE}"),
    (Named, Named(zeros(*GOOD)), None),
    (Named, Named(zeros(*BAD)), f"(value=.row): {WRONG_SIZE}"),
    (Named, Named(zeros(*GOOD), "2"), "(value=.number): is a value of type str, expected int"),  # type: ignore[arg-type]
    (Named, (zeros(*GOOD), 2), "(value=): is a tuple of 2, expected a Named"),
    (Record, Record(zeros(*GOOD)), None),
    (Record, Record(zeros(*GOOD), zeros(2).int()), None),
    (Record, Record(zeros(*GOOD), zeros(3).int()), "(value=.length): axis 0 'b' is 3, expected 2"),
    (Record, Record(zeros(*BAD)), f"(value=.row): {WRONG_SIZE}"),
    (Record, Named(zeros(*GOOD)), "(value=): is a Named of 2, expected a Record"),
    (Keys, {"row": zeros(*GOOD)}, None),
    (Keys, {"row": zeros(*GOOD), "mask": zeros(*GOOD).bool()}, None),
    (Keys, {"row": zeros(*BAD)}, f"(value=['row']): {WRONG_SIZE}"),
    (Keys, {"row": zeros(*GOOD), "mask": zeros(*BAD).bool()}, f"(value=['mask']): {WRONG_SIZE}"),
    (Keys, {"mask": zeros(*GOOD).bool()}, "(value=): has no key 'row'"),
    (Nested, Nested(Named(zeros(*GOOD)), {"a": [zeros(*GOOD)]}), None),
    (Nested, Nested(Named(zeros(*BAD)), {}), f"(value=.named.row): {WRONG_SIZE}"),
    (Nested, Nested(Named(zeros(*GOOD)), {"a": [zeros(*BAD)]}), f"(value=.rows['a'][0]): {WRONG_SIZE}"),
    (list[list[Row]], [[], [zeros(*GOOD)], [zeros(*BAD)]], f"(value=[2][0]): {WRONG_SIZE}"),
    (list[tuple[Row, int]], [(zeros(*GOOD), 1), (zeros(*BAD), 1)], f"(value=[1][0]): {WRONG_SIZE}"),
    (dict[str, dict[str, Row]], {"a": {"b": zeros(*BAD)}}, f"(value=['a']['b']): {WRONG_SIZE}"),
    (Row | None, None, None),
    (Row | None, zeros(*BAD), f"(value=): {WRONG_SIZE}"),
    (list[Row | None], [None, zeros(*GOOD), zeros(*BAD)], f"(value=[2]): {WRONG_SIZE}"),
    (list[Row] | None, [zeros(*BAD)], f"(value=[0]): {WRONG_SIZE}"),
    (Row | Float[Tensor, "b"], zeros(2), None),
    (Row | Float[Tensor, "b"], zeros(*GOOD), None),
    (Row | Float[Tensor, "b"], zeros(3), "(value=): is float32[3], which fits no option"),
    (Row | int, 3, None),
    (Row | int, "3", "(value=): is a value of type str, which fits no option"),
    (Row | list[Row], [zeros(*GOOD)], None),
    (Row | list[Row], [zeros(*BAD)], "(value=): is a list of 1, which fits no option"),
    (Float[Tensor, "b k"] | Int[Tensor, "b k k"], zeros(2, 4, 4).int(), None),
    (Float[Tensor, "k 9"] | Float[Tensor, "b k"], zeros(2, 3), None),
    (tuple[Row | Int[Tensor, "b"], int] | None, (zeros(2).int(), 1), None),
]  # fmt: skip


@pytest.mark.parametrize(("hint", "value", "reason"), CASES, ids=range(len(CASES)))
def test_containers_are_checked_item_by_item(hint: Any, value: Any, reason: str | None) -> None:
    f = function_of(hint)
    if reason is None:
        f.__globals__["_nt_examine"] = fail_if_called
        f(zeros(*GOOD), value)
        return
    with pytest.raises(CheckError, match=re.escape(reason)):
        f(zeros(*GOOD), value)


@pytest.mark.parametrize(("hint", "value", "reason"), CASES, ids=range(len(CASES)))
def test_a_result_is_checked_item_by_item(hint: Any, value: Any, reason: str | None) -> None:
    f = function_of(Any, hint)
    if reason is None:
        f.__globals__["_nt_examine_result"] = fail_if_called
        assert f(zeros(*GOOD), None, value) is value
        return
    expected = re.sub(r"\(value=(.*?)\):", lambda match: f"(-> {match[1]}".rstrip() + "):", reason)
    with pytest.raises(CheckError, match=re.escape(expected)):
        f(zeros(*GOOD), None, value)


def test_a_failed_option_of_a_union_binds_nothing() -> None:
    @typecheck
    def f(x: Float[Tensor, "b t"] | Float[Tensor, "b"], y: Float[Tensor, "b"]) -> None: ...

    @typecheck
    def g(x: Float[Tensor, "*n t 9"] | Float[Tensor, "t *n"], y: Float[Tensor, "*n"]) -> None: ...

    f(zeros(3), zeros(3))
    g(zeros(3, 4), zeros(4))
    with pytest.raises(ArgumentTypeError, match=re.escape("(x=): is float32[3, 4], which fits no option")):
        g(zeros(3, 4), zeros(3))


def test_every_failing_item_is_named() -> None:
    with pytest.raises(ShapeError) as caught:
        function_of(list[Row])(zeros(2, 3), [zeros(2, 4), zeros(2, 3), zeros(2)])
    assert [failure.place for failure in caught.value.failures] == ["[0]", "[2]"]


def test_a_record_that_holds_itself_is_checked_to_its_first_level() -> None:
    with pytest.raises(ShapeError, match=re.escape(f"(value=.row): {WRONG_SIZE}")):
        function_of(Node)(zeros(2, 3), Node(zeros(2, 4)))
    function_of(Node)(zeros(2, 3), Node(zeros(2, 3), Node(zeros(2, 3))))
    with pytest.raises(CheckError, match=re.escape("(value=.left)")):
        function_of(Node)(zeros(2, 3), Node(zeros(2, 3), 3))  # type: ignore[arg-type]


def test_an_argument_that_can_be_read_once_is_not_consumed() -> None:
    def f(x: Any, value: Any) -> list[Any]:
        return list(value)

    f.__annotations__ = {"x": Row, "value": Iterator[Float[Tensor, "b"]]}
    assert len(typecheck(f)(zeros(2, 3), iter([zeros(2), zeros(2)]))) == 2


def plain(x: int) -> int:
    return x


VALUES: list[tuple[Any, Any, str | None]] = [
    (int, 3, None),
    (int, 3.0, "is a value of type float, expected int"),
    (float, 3.0, None),
    (bool, 1, "is a value of type int, expected bool"),
    (str | None, None, None),
    (str | None, 3, "is a value of type int, expected str | None"),
    (Literal["mean", "sum"], "sum", None),
    (Literal["mean", "sum"], "max", "is a value of type str, expected Literal['mean', 'sum']"),
    (dict[str, int], {"a": 1}, None),
    (dict[str, int], {"a": "1"}, "is a dict of 1, expected dict[str, int]"),
    (list[int], [1, 2], None),
    (list[int], ["1"], "is a list of 1, expected list[int]"),
    (Callable[[int], int], plain, None),
    (Callable[[int], int], 3, "is a value of type int, expected "),
    (type[nn.Module], nn.Linear, None),
    (type[nn.Module], int, "is a value of type type, expected type[torch.nn.modules.module.Module]"),
    (torch.dtype, torch.float32, None),
    (torch.dtype, "float32", "is a value of type str, expected dtype"),
    (nn.Module, nn.Identity(), None),
    (Count, 3, None),
    (Count, "3", "is a value of type str, expected int"),
    (Any, object(), None),
    (object, None, None),
    (None, None, None),
    (None, 3, "is a value of type int, expected None"),
]


@pytest.mark.parametrize(("hint", "value", "reason"), VALUES, ids=range(len(VALUES)))
def test_what_holds_no_tensor_is_checked_by_its_hint(hint: Any, value: Any, reason: str | None) -> None:
    f = function_of(hint)
    if reason is None:
        f(zeros(2, 3), value)
        return
    with pytest.raises(ArgumentTypeError, match=re.escape(f"(value=): {reason}")):
        f(zeros(2, 3), value)


def test_an_unknown_hint_is_refused_not_ignored() -> None:
    with pytest.raises(TypeError, match="cannot be checked"):
        function_of(3.5)(zeros(2, 3), 1)


def test_the_first_cause_decides_the_class_of_the_error() -> None:
    with pytest.raises(DTypeError):
        function_of(list[Int[Tensor, "b"]])(zeros(2, 3), [zeros(2)])
