"""Values in words: types, shapes, dtypes and devices, never contents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from neuraltypes.kinds import AxisKind


def describe(value: Any) -> str:
    """The type of a value in a few words: `float32[4, 7, 8]`, `a list of 3`, `None`."""
    if value is None:
        return "None"
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return describe_array(value)
    if isinstance(value, list | tuple | Mapping):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a value of type {type(value).__qualname__}"


def describe_array(value: Any) -> str:
    """dtype and shape of a tensor."""
    dtype = str(value.dtype).removeprefix("torch.")
    try:
        sizes = [show_size(size) for size in value.shape]
    except RuntimeError:  # a nested tensor of the strided layout
        sizes = ["ragged"]
    return f"{dtype}[{', '.join(sizes)}]"


def show_size(size: Any) -> str:
    """A size in digits; of a size that a compiler made symbolic, the one that it was seen with."""
    node = getattr(size, "node", None)
    return str(node.hint) if node is not None and node.has_hint() else str(size)


def describe_kinds(kinds: Iterable[AxisKind | None] | None) -> str:
    """Kinds in a row: `batch, time, channel`."""
    return ", ".join("?" if kind is None else str(kind) for kind in kinds or ())
