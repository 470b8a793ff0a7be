"""Single values against types: scalars, members of enumerations and literals, dtypes and devices, paths."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, NamedTuple, TypeAlias, get_args

from neuraltypes._spelling import nearest
from neuraltypes.config._hints import in_words
from neuraltypes.config._nodes import ConfigNode, is_omega

Make: TypeAlias = Callable[[], Any]


class Wrong(NamedTuple):
    """A value does not fit: what is expected, and the nearest of the spellings that would."""

    expected: str
    suggestion: str | None = None


def one_of(node: ConfigNode, hint: Any) -> Make | Wrong:
    """One of the values of a `Literal`."""
    values = get_args(hint)
    if any(type(value) is type(node.value) and value == node.value for value in values):
        return constant(node.value)
    near = nearest(node.value, (value for value in values if isinstance(value, str)))
    return Wrong(in_words(hint), near)


def scalar(node: ConfigNode, cls: type) -> Make | Wrong:
    """A value of a class that is no container, no dataclass and no module."""
    value = node.value
    if is_instance(value, cls) and not (isinstance(value, bool) and cls is int):
        return constant(value)
    if is_container(cls) and (node.is_mapping or node.is_list):
        return lambda: _container(value)
    if cls is float and type(value) is int:
        return constant(float(value))
    if issubclass(cls, Enum):
        return _enum(node.value, cls)
    if isinstance(value, str) and cls is of_torch("dtype"):
        found = dtype_called(value.removeprefix("torch."))
        return constant(found) if found is not None else Wrong("a dtype of torch")
    if isinstance(value, str) and cls is of_torch("device"):
        return lambda: cls(value)
    if isinstance(value, str) and Path in (cls, *cls.__subclasses__()):
        return lambda: Path(value)
    if isinstance(value, str) and issubclass(cls, PurePath):
        return lambda: cls(value)
    return Wrong(in_words(cls))


def _enum(value: Any, cls: type[Enum]) -> Make | Wrong:
    names = cls.__members__
    if isinstance(value, str) and value in names:
        return constant(names[value])
    return Wrong(f"{cls.__name__} ({', '.join(names)})", nearest(value, names))


def constant(value: Any) -> Make:
    """What gives a value that is there."""
    return lambda: value


def is_instance(value: Any, cls: type) -> bool:
    """Whether a value is of a class; where a class cannot be asked, as a protocol, it is taken to be."""
    try:
        return isinstance(value, cls)
    except TypeError:
        return True


def is_container(cls: type) -> bool:
    """Whether a class is one of OmegaConf's containers."""
    return cls.__module__.partition(".")[0] == "omegaconf"


def _container(value: Any) -> Any:
    from neuraltypes.config._containers import literal

    return value if is_omega(value) else literal(value)


def of_torch(name: str) -> Any:
    """What torch has under a name; None where nobody has imported torch."""
    return getattr(sys.modules.get("torch"), name, None)


def dtype_called(name: str) -> Any:
    """The dtype of a name, if there is one."""
    import torch

    found = vars(torch).get(name)
    return found if isinstance(found, torch.dtype) else None
