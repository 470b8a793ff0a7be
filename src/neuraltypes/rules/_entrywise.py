"""What operations entry by entry share: a form in place and one with `out`, operands that promote, elements."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Final

from neuraltypes._sizes import number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import (
    category,
    dtypes_text,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    broadcast,
    rank,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Produced, Refused, Result, Value, common_element

Change = Callable[[DTypes | None], DTypes | None]
Rule = Callable[..., Result]

OF_BOOL, OF_INTEGER, OF_FLOAT, OF_COMPLEX = range(4)
OF_ANY: Final = frozenset({OF_BOOL, OF_INTEGER, OF_FLOAT, OF_COMPLEX})
OF_REAL: Final = frozenset({OF_BOOL, OF_INTEGER, OF_FLOAT})
OF_BITS: Final = frozenset({OF_BOOL, OF_INTEGER})
_WORDS: Final = ("Bool", "Integer", "Float", "Complex")

ZERO: Final = number(0)
ONE_NUMBER: Final = number(1)
LAST: Final = number(-1)
PROBABILITIES: Final = ("ProbsType", "AttentionWeightsType")
ALL_REAL: Final = ("LogitsType", "UnnormalizedType")
_COMPLEMENT: Final = {
    "ProbsType": "ProbsType",
    "AttentionWeightsType": "ProbsType",
    "KeepMaskType": "IgnoreMaskType",
    "IgnoreMaskType": "KeepMaskType",
    "ValidMaskType": "PaddingMaskType",
    "PaddingMaskType": "ValidMaskType",
}
KEEPING: Final = ("KeepMaskType", "ValidMaskType")
IGNORING: Final = ("IgnoreMaskType", "PaddingMaskType")
POSITIONS: Final = "positions"
MASKS: Final = frozenset(_COMPLEMENT) - frozenset(PROBABILITIES)
_LARGEST: Final = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38}


# Results that are written somewhere


def rule(name: str) -> Callable[[Rule], Rule]:
    """Make a function the rule of that name, which may be given `out`, and the rule of its in-place form."""

    def register(function: Rule) -> Rule:
        module = function.__module__.rpartition(".")[2]

        @computed(f"{module}.{name}")
        @wraps(function)
        def anew(*given: Value, out: Value = None, self: Value = UNKNOWN, **named: Value) -> Result:
            if self is not UNKNOWN:  # what torch calls a number in front: `torch.pow(2, x)`
                named["input"] = self
            with blaming({"input": "self"} if given else {}):
                return _into(out, function(*given, **named))

        @computed(f"{module}.{name}_in_place")
        @wraps(function)
        def in_place(*given: Value, **named: Value) -> Result:
            own = given[0] if given else named.get("input", UNKNOWN)
            with blaming({"input": "self"} if given else {}):
                return fitted(own, function(*given, **named)) if isinstance(own, Array) else UNKNOWN

        return function

    return register


@contextmanager
def blaming(names: Mapping[str, str]) -> Iterator[None]:
    """Report refusals under the names that arguments have in the call."""
    try:
        yield
    except Refused as error:
        raise Refused(error.reason, names.get(error.argument or "", error.argument), error.code) from None


def _into(out: Value, result: Result) -> Result:
    """A result that is written to `out`, which keeps its dtype.

    Raises:
        Refused: the result holds numbers of a higher category.
    """
    if out is None or not isinstance(result, Array):
        return result
    dtypes = out.dtype if isinstance(out, Array) else None
    if dtypes is not None and result.dtype is not None and _is_higher(result.dtype, dtypes):
        raise Refused(f"is {dtypes_text(dtypes)}, which cannot hold {dtypes_text(result.dtype)}", "out", "dtype")
    return replace(result, dtype=out.dtype if isinstance(out, Array) else None)


def fitted(own: Array, result: Result) -> Result:
    """A result that is written to one of the operands.

    Raises:
        Refused: it has another shape, or numbers of a higher category.
    """
    if not isinstance(result, Array):
        return own.plain(own.shape)
    if _grows(result.shape, own.shape):
        raise Refused("the result does not fit in place: it would have another shape")
    if result.dtype is not None and own.dtype is not None and _is_higher(result.dtype, own.dtype):
        raise Refused(
            f"the result is {dtypes_text(result.dtype)}, which cannot be put into {dtypes_text(own.dtype)}",
            code="dtype",
        )
    return Array(own.shape, own.dtype, result.element)


def _is_higher(dtypes: DTypes, than: DTypes) -> bool:
    """Whether numbers are surely of a higher category than what they are to be put into."""
    return min(map(category, dtypes)) > max(map(category, than))


def _grows(shape: Shape | None, own: Shape | None) -> bool:
    """Whether a shape is surely not `own`, with which it broadcasts: it has more axes, or a longer one."""
    if shape is None or own is None or rank(shape) is None or rank(own) is None:
        return False
    if len(shape) != len(own):
        return True
    return any(_sizes_differ(given, mine) for given, mine in zip(shape, own, strict=True))


def _sizes_differ(one: SizedAxis | Rest, other: SizedAxis | Rest) -> bool:
    return isinstance(one, SizedAxis) and isinstance(other, SizedAxis) and sizes_differ(one.size, other.size)


# What operands must be


def require(dtypes: DTypes | None, allowed: frozenset[int], argument: str | None = None) -> None:
    """Refuse dtypes that an operation has no kernel for, on any device."""
    if dtypes is None or any(category(one) in allowed for one in dtypes):
        return
    wanted = " or ".join(_WORDS[one] for one in sorted(allowed))
    start = "is" if argument else "the operands together are"
    raise Refused(f"{start} {dtypes_text(dtypes)}, expected {wanted}", argument, "dtype")


def only(value: Value, allowed: frozenset[int]) -> bool:
    """Whether a tensor's dtype is surely of these categories."""
    return isinstance(value, Array) and value.dtype is not None and all(category(one) in allowed for one in value.dtype)


def require_same(one: Value, other: Value, argument: str) -> None:
    left, right = dtype_of(one), dtype_of(other)
    if left is not None and right is not None and not left & right:
        raise Refused(f"is {dtypes_text(right)}, expected {dtypes_text(left)}", argument, "dtype")


def require_in_range(value: Value, dtypes: DTypes | None, argument: str) -> None:
    """Torch puts no number into a dtype that cannot hold it: `-1e9` into float16."""
    if not isinstance(value, float) or not dtypes or math.isnan(value):
        return
    if all(abs(value) > _LARGEST.get(one, math.inf) for one in dtypes) and math.isfinite(value):
        raise Refused(f"is {value:g}, which {dtypes_text(dtypes)} cannot hold", argument, "dtype")
    if math.isinf(value) and all(category(one) == OF_INTEGER for one in dtypes):
        raise Refused(f"is {value:g}, which {dtypes_text(dtypes)} cannot hold", argument, "dtype")


def _shape_of(value: Value) -> Shape | None:
    if isinstance(value, Array):
        return value.shape
    return None if value is UNKNOWN else ()


def together(*operands: Value) -> Shape | None:
    return broadcast([_shape_of(one) for one in operands])


def dtype_of(value: Value) -> DTypes | None:
    return value.dtype if isinstance(value, Array) else None


# Elements


def element_of(value: Value) -> object | None:
    return value.element if isinstance(value, Array) else None


def produced(value: Value) -> str:
    """The name of the element that an operation produced; empty where none did."""
    element = element_of(value)
    return element.name if isinstance(element, Produced) else ""


def complement(value: Value) -> Produced | None:
    """What `1 - p` and `~mask` hold."""
    element = element_of(value)
    name = _COMPLEMENT.get(produced(value))
    by = element.by if isinstance(element, Produced) and element.name in MASKS else ""
    return None if name is None else Produced(name, by=by)


def hides(mask: Value, value: Value, names: tuple[str, ...] = KEEPING) -> bool:
    """Whether minus infinity, or what stands for it, meets what a mask of that convention marks.

    A comparison of positions may pick pairs, too: half of them are hidden then on purpose.
    """
    element = element_of(mask)
    is_sure = isinstance(element, Produced) and element.name in names and element.by != POSITIONS
    return is_sure and isinstance(value, float) and value < -100


def shared(one: Value, other: Value) -> object | None:
    """The element of both operands, a plain number having any."""
    if isinstance(one, Array) and isinstance(other, Array):
        return common_element((one.element, other.element))
    if one is UNKNOWN or other is UNKNOWN:
        return None
    return element_of(one) or element_of(other)
