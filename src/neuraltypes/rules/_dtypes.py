"""Which dtypes an operation gives: torch's promotion, over sets of dtypes where one is not known exactly.

Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.dtype
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from neuraltypes._dtypes import DTYPE_NAMES, TORCH_DTYPES, dtype_from_name
from neuraltypes._sizes import Size
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._values import SOME_FLOAT, SOME_INT, Array, DType, DTypes, Refused, Value

BOOL: Final[DTypes] = frozenset({"bool"})
INT64: Final[DTypes] = frozenset({"int64"})
FLOAT32: Final[DTypes] = frozenset({"float32"})
_SIGNED: Final = ("int8", "int16", "int32", "int64")
_UNSIGNED: Final = ("uint8", "uint16", "uint32", "uint64")
INTEGERS: Final = frozenset((*_SIGNED, *_UNSIGNED))
FLOATS: Final = frozenset(("bfloat16", "float16", "float32", "float64"))
AUTOCAST: Final = FLOATS - {"float64"}
"""The dtypes between which autocast converts."""
COMPLEX: Final = frozenset(("complex32", "complex64", "complex128"))
COMPUTABLE: Final = BOOL | INTEGERS | FLOATS | COMPLEX
"""The dtypes that arithmetic is done in; the others are only stored."""
_REAL_OF: Final = {"complex32": "float16", "complex64": "float32", "complex128": "float64"}
_COMPLEX_OF: Final = {"float16": "complex32", "bfloat16": "complex64", "float32": "complex64", "float64": "complex128"}
_BITS: Final = {"float16": 16, "bfloat16": 16, "float32": 32, "float64": 64}


@lru_cache(maxsize=512)
def named(name: str) -> DTypes:
    """The dtypes of one of jaxtyping's names: `named("Float")`."""
    return dtype_from_name(name).members & frozenset(TORCH_DTYPES)


def dtypes_text(dtypes: DTypes) -> str:
    """A set of dtypes in words, by jaxtyping's name for it where there is one."""
    if len(dtypes) == 1:
        return next(iter(dtypes))
    names = [name for name in sorted(DTYPE_NAMES) if dtypes <= dtype_from_name(name).members]
    return min(names, key=lambda name: len(dtype_from_name(name).members), default="Shaped")


def category(dtype: str) -> int:
    """0 for bool, 1 for whole numbers, 2 for floats, 3 for complex ones."""
    if dtype.startswith(("int", "uint")):
        return 1
    return 0 if dtype == "bool" else 3 if dtype in COMPLEX else 2


@lru_cache(maxsize=2048)
def promote_two(left: str, right: str) -> str | None:
    """`torch.promote_types`; None where torch has no answer."""
    if left == right:
        return left
    if category(left) > category(right):
        left, right = right, left
    low, high = category(left), category(right)
    if low < high:
        if high == 3 and low == 2:
            wanted = _COMPLEX_OF[left]
            return max(wanted, right, key=lambda name: int(name.removeprefix("complex")))
        return right
    if low == 1:
        return _promote_integers(left, right)
    if low == 2:
        if _BITS[left] == _BITS[right]:
            return "float32"
        return max(left, right, key=_BITS.__getitem__)
    return max(left, right, key=lambda name: int(name.removeprefix("complex")))


def _promote_integers(left: str, right: str) -> str | None:
    if left.startswith("u") == right.startswith("u"):
        ladder = _UNSIGNED if left.startswith("u") else _SIGNED
        if left.startswith("u") and "uint8" in (left, right) and left != right:
            return None
        return max(left, right, key=ladder.index) if not left.startswith("u") else None
    unsigned, signed = (left, right) if left.startswith("u") else (right, left)
    if unsigned != "uint8":
        return None
    return "int16" if signed == "int8" else signed


@lru_cache(maxsize=2048)
def promote(left: DTypes | None, right: DTypes | None) -> DTypes | None:
    """The dtypes that two sets of dtypes may promote to."""
    if left is None or right is None:
        return None
    found = {promote_two(one, other) for one in left & COMPUTABLE for other in right & COMPUTABLE}
    known = frozenset(dtype for dtype in found if dtype is not None)
    return known or None


def promote_all(dtypes: Iterable[DTypes | None]) -> DTypes | None:
    """The same for several."""
    result: DTypes | None = None
    for number, dtype in enumerate(dtypes):
        result = dtype if number == 0 else promote(result, dtype)
    return result


DEFAULT_FLOAT: Final[DTypes] = frozenset({"float32"})


@lru_cache(maxsize=512)
def floating(dtype: DTypes | None) -> DTypes | None:
    """What a float operation such as `exp` or a true division gives: whole numbers become floats."""
    if dtype is None:
        return None
    return frozenset().union(*(DEFAULT_FLOAT if category(one) < 2 else {one} for one in dtype)) or None


@lru_cache(maxsize=512)
def real_of(dtype: DTypes | None) -> DTypes | None:
    """The dtype of the absolute value: complex numbers give floats."""
    return None if dtype is None else frozenset(_REAL_OF.get(one, one) for one in dtype)


@lru_cache(maxsize=512)
def complex_of(dtype: DTypes | None) -> DTypes | None:
    """The complex dtype that belongs to a float one."""
    return None if dtype is None else frozenset(_COMPLEX_OF.get(one, one) for one in dtype)


@lru_cache(maxsize=512)
def summed(dtype: DTypes | None) -> DTypes | None:
    """What a sum gives: whole numbers and bools become int64."""
    return None if dtype is None else frozenset("int64" if category(one) < 2 else one for one in dtype)


def of_argument(value: Value, default: DTypes | None) -> DTypes | None:
    """What a `dtype=` argument asks for; `default` where it is None."""
    if value is None:
        return default
    return value.names if isinstance(value, DType) else None


def of_number(value: Value) -> str | None:
    """The category of a Python number: `bool`, `int`, `float` or `complex`; None where it is none or unknown."""
    if isinstance(value, bool):
        return "bool"
    if value is SOME_INT or isinstance(value, int | Size):
        return "int"
    return "float" if value is SOME_FLOAT or isinstance(value, float) else None


_NUMBER_DTYPES: Final = {"bool": BOOL, "int": INT64, "float": FLOAT32}


def result_type(*operands: Value) -> DTypes | None:
    """`torch.result_type`: tensors with axes decide, then those without, then Python's numbers, by category."""
    answers: set[str] = set()
    for choice in _rank_choices(operands):
        found = _result_type(choice)
        if found is None:
            return None
        answers |= found
    return frozenset(answers) or None


def _rank_choices(operands: tuple[Value, ...]) -> list[list[tuple[int, DTypes | None]]]:
    """Each operand as (priority, dtypes), in every combination that unknown numbers of axes leave open."""
    choices: list[list[tuple[int, DTypes | None]]] = [[]]
    for operand in operands:
        if isinstance(operand, Array):
            has_axes = _has_axes(operand)
            priorities = [0] if has_axes else [1] if has_axes is False else [0, 1]
            options = [(priority, operand.dtype) for priority in priorities]
        else:
            kind = of_number(operand)
            options = [(2, None if kind is None else _NUMBER_DTYPES[kind])]
        choices = [[*choice, option] for choice in choices for option in options]
    return choices[:64]


def _has_axes(array: Array) -> bool | None:
    if array.shape is None:
        return None
    if any(isinstance(axis, SizedAxis) for axis in array.shape):
        return True
    return None if array.shape else False


def _result_type(operands: list[tuple[int, DTypes | None]]) -> DTypes | None:
    by_priority: list[DTypes | None] = []
    for priority in range(3):
        group = [dtype for level, dtype in operands if level == priority]
        if any(dtype is None for dtype in group):
            return None
        by_priority.append(promote_all(group) if group else frozenset())
        if group and by_priority[-1] is None:
            return None
    result: frozenset[str] = frozenset()
    for level in by_priority:
        if level:
            result = _combine(result, level) if result else level
    return result or None


def _combine(strong: DTypes, weak: DTypes) -> DTypes:
    """The dtypes of a stronger group, unless a weaker one is of a higher category."""
    found: set[str] = set()
    for one in strong & COMPUTABLE:
        for other in weak & COMPUTABLE:
            if category(other) <= category(one):
                found.add(one)
            elif category(one) == 2:  # complex numbers of its own precision
                found.add(_COMPLEX_OF[one])
            else:
                promoted = promote_two(one, other)
                if promoted is not None:
                    found.add(promoted)
    return frozenset(found)


INEXACT: Final = FLOATS | COMPLEX
REAL: Final = INTEGERS | FLOATS


def require_among(array: Array, members: DTypes, expected: str, argument: str) -> DTypes | None:
    """The dtypes of an array that are among `members`.

    Raises:
        Refused: none of them is.
    """
    if array.dtype is None:
        return None
    if not array.dtype & members:
        raise Refused(f"is {dtypes_text(array.dtype)}, expected {expected}", argument, "dtype")
    return array.dtype & members


def require_same_dtype(*operands: tuple[str, Value]) -> DTypes | None:
    """The dtypes that several arrays, which must be of one dtype, may have.

    Raises:
        Refused: two have none in common.
    """
    first, known = "", None
    for argument, operand in operands:
        if not isinstance(operand, Array) or operand.dtype is None:
            continue
        if known is None:
            first, known = argument, operand.dtype
        elif known & operand.dtype:
            known &= operand.dtype
        else:
            reason = f"is {dtypes_text(operand.dtype)}, but {first} is {dtypes_text(known)}"
            raise Refused(reason, argument, "dtype")
    return known
