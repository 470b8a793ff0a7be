"""Values as the annotations that they fit: the types that they have, never contents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from torch import Tensor

from neuraltypes._check import dtype_name
from neuraltypes._describe import show_size, sizes_of
from neuraltypes._dtypes import DTYPE_NAMES, dtype_from_name
from neuraltypes._spec import element_text
from neuraltypes._tags import Tag, valid_tag

_CONTAINERS: Final = (list, tuple, dict, set, frozenset)
_MAX_DEPTH: Final = 16
_MAX_ITEMS: Final = 8  # of a tuple whose items are shown one by one
_MAX_OPTIONS: Final = 4

_Sizes: TypeAlias = tuple[str, ...]


def annotation_text(value: Any) -> str:
    """The annotation of a value: `NeuralType[Float32[Tensor, "batch=4 time=7 80"], LogitsType]`, `list[int]`.

    Where the items of a list differ in a size, that axis is `_`; where they differ in too much, they are `Any`.
    """
    return _text(value, ())


def _text(value: Any, inside: tuple[int, ...]) -> str:
    """The annotation of a value in containers of those `id`s; one that holds itself is named only."""
    if value is None:
        return "None"
    cls = type(value)
    if issubclass(cls, Tensor):
        return _joined_text([value], inside)
    if cls not in _CONTAINERS or id(value) in inside or len(inside) == _MAX_DEPTH:
        return cls.__name__
    inside = (*inside, id(value))
    if cls is dict:
        return f"dict[{_joined_text(tuple(value), inside)}, {_joined_text(tuple(value.values()), inside)}]"
    if cls is not tuple:
        return f"{cls.__name__}[{_joined_text(tuple(value), inside)}]"
    if len(value) > _MAX_ITEMS:
        return f"tuple[{_joined_text(value, inside)}, ...]"
    return f"tuple[{', '.join(_text(item, inside) for item in value) or '()'}]"


def _joined_text(values: Collection[Any], inside: tuple[int, ...]) -> str:
    """The annotation that each of `values` fits."""
    sizes: dict[tuple[str, Tag | None, int], list[_Sizes]] = {}
    others: dict[str, None] = {}
    for value in values:
        if issubclass(type(value), Tensor):
            of_tensor = _sizes(value)
            key = _dtype_text(dtype_name(value)), valid_tag(value), len(of_tensor)
            sizes.setdefault(key, []).append(of_tensor)
        else:
            others[_text(value, inside)] = None
    options = [*(_tensor_text(dtype, found, tag) for (dtype, tag, _), found in sizes.items()), *others]
    return " | ".join(options) if 0 < len(options) <= _MAX_OPTIONS else "Any"


def _tensor_text(dtype: str, found: Sequence[_Sizes], tag: Tag | None) -> str:
    sizes = [column[0] if len(set(column)) == 1 else "_" for column in zip(*found, strict=True)]
    kinds = tag.kinds if tag is not None and tag.kinds is not None and len(tag.kinds) == len(sizes) else ()
    labels = [f"{kind}=" if kind is not None and kind.name.isidentifier() else "" for kind in kinds]
    axes = " ".join(map("".join, zip(labels, sizes, strict=True))) if labels else " ".join(sizes)
    array = f'{dtype}[Tensor, "{axes}"]'
    return array if tag is None or tag.element is None else f"NeuralType[{array}, {element_text(tag.element)}]"


def _sizes(tensor: Tensor) -> _Sizes:
    try:
        sizes = tuple(map(show_size, sizes_of(tensor)))
    except RuntimeError:  # a lazy module's parameter has no shape yet
        return ("...",)
    return tuple(size if size.isdecimal() else "_" for size in sizes)


@lru_cache(maxsize=256)
def _dtype_text(dtype: str) -> str:
    """jaxtyping's name for exactly this dtype."""
    names = (name for name in sorted(DTYPE_NAMES) if dtype_from_name(name).members == {dtype})
    return next(names, "Shaped")
