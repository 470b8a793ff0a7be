"""Values in words: types, shapes, dtypes and devices, never contents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from neuraltypes.kinds import AxisKind


def describe(value: Any) -> str:
    """The type of a value in a few words: `float32[4, 7, 8]`, `a list of 3`, `None`."""
    if value is None:
        return "None"
    if hasattr(value, "dtype") and hasattr(value, "device" if hasattr(value, "is_nested") else "shape"):
        return describe_array(value)
    if isinstance(value, list | tuple | Mapping):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a value of type {type(value).__qualname__}"


def describe_array(value: Any) -> str:
    """dtype and shape of a tensor."""
    dtype = str(value.dtype).removeprefix("torch.")
    return f"{dtype}[{', '.join('ragged' if size is None else show_size(size) for size in sizes_of(value))}]"


def sizes_of(value: Any) -> tuple[Any, ...]:
    """The shape of a tensor, None where a size is ragged and cannot be compared."""
    if not getattr(value, "is_nested", False):
        return tuple(value.shape)
    return tuple(_ragged_size(value, dim) for dim in range(value.dim()))


def _ragged_size(value: Any, dim: int) -> int | None:
    try:
        size = value.size(dim)
    except RuntimeError:
        return None
    return size if type(size) is int else None


def show_size(size: Any) -> str:
    """A size in digits; of a size that a compiler made symbolic, the one that it was seen with."""
    node = getattr(size, "node", None)
    has_hint = getattr(node, "has_hint", None)
    return str(node.hint) if node is not None and has_hint is not None and has_hint() else str(size)


def describe_kinds(kinds: Iterable[AxisKind | None] | None) -> str:
    """Kinds in a row: `batch, time, channel`."""
    return ", ".join("?" if kind is None else str(kind) for kind in kinds or ())
