"""jaxtyping's dtype names and the torch dtypes that each one takes, as names: nothing of torch is imported."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from neuraltypes._errors import AnnotationError

TORCH_DTYPES: Final = (
    "bool",
    *(f"uint{bits}" for bits in (1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64)),
    *(f"int{bits}" for bits in (1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64)),
    "float4_e2m1fn_x2",
    *("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"),
    *("bfloat16", "float16", "float32", "float64"),
    *("complex32", "complex64", "complex128"),
    *("qint8", "quint8", "qint32", "quint4x2", "quint2x4"),
    *("bits1x8", "bits2x4", "bits4x2", "bits8", "bits16"),
)

_FAMILY_PATTERNS: Final = {
    "Bool": r"bool",
    "UInt": r"uint\d+",
    "Int": r"int\d+",
    "Integer": r"u?int\d+",
    "Float": r"b?float\d+\w*",
    "Complex": r"complex\d+",
    "Inexact": r"(b?float|complex)\d+\w*",
    "Real": r"(b?float|u?int)\d+\w*",
    "Num": r"(b?float|complex|u?int)\d+\w*",
    "Shaped": r".*",
}
_SINGLES: Final = (
    *("UInt2", "UInt4", "UInt8", "UInt16", "UInt32", "UInt64", "Int2", "Int4", "Int8", "Int16", "Int32", "Int64"),
    *("Float4e2m1fn", "Float8e4m3b11fnuz", "Float8e4m3fn", "Float8e4m3fnuz", "Float8e5m2", "Float8e5m2fnuz"),
    *("BFloat16", "Float16", "Float32", "Float64", "Complex64", "Complex128", "Key"),
)
DTYPE_NAMES: Final = frozenset((*_FAMILY_PATTERNS, *_SINGLES))


@dataclass(frozen=True, slots=True)
class DType:
    """A jaxtyping dtype name (`"Float"`, `"Int64"`, or a project's own) and the torch dtypes that it takes."""

    name: str
    members: frozenset[str]

    @property
    def is_any(self) -> bool:
        """Whether every torch dtype is taken, as by `Shaped`."""
        return self.members.issuperset(TORCH_DTYPES)

    def __str__(self) -> str:
        return self.name


@cache
def dtype_from_name(name: str) -> DType:
    """The dtype of one of jaxtyping's names.

    Raises:
        AnnotationError: jaxtyping has no such name; the nearest is shown.
    """
    if name in _FAMILY_PATTERNS:
        return _matching(name, re.compile(_FAMILY_PATTERNS[name]).fullmatch)
    if name in _SINGLES:
        return _matching(name, lambda dtype: dtype.replace("_", "") == name.lower())
    raise AnnotationError(f'dtype "{name}" is no jaxtyping name; write {_nearest(name)}')


def dtype_from_patterns(name: str, patterns: tuple[str | re.Pattern[str], ...]) -> DType:
    """The dtype of a project's own `jaxtyping.AbstractDtype`, from its `dtypes`: exact names or regular expressions."""
    literal = frozenset(p for p in patterns if isinstance(p, str))
    matched = _matching(name, lambda dtype: any(isinstance(p, re.Pattern) and p.match(dtype) for p in patterns))
    return DType(name, literal | matched.members)


def _matching(name: str, matches: Callable[[str], object]) -> DType:
    return DType(name, frozenset(dtype for dtype in TORCH_DTYPES if matches(dtype)))


def _nearest(name: str) -> str:
    import difflib

    known = {known.lower(): known for known in sorted(DTYPE_NAMES)}
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f'"{known[close[0]]}"' if close else 'for example "Float", "Int64" or "Bool"'
