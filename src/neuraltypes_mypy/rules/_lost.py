"""Where tracking is lost at an operation, said on demand: tensors of known axes give one of unknown axes."""

from __future__ import annotations

from typing import Any

from mypy.nodes import Context
from mypy.types import Instance, Type

from neuraltypes_mypy.base._codes import UNTRACKED
from neuraltypes_mypy.rules._arguments import Given
from neuraltypes_mypy.source._operators import operator_of
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor


def say_lost(result: Type, given: Given, name: str, context: Context, api: Any) -> None:
    """Say that the axes of what an operation gives are not known, where those of a tensor that it takes are."""
    tensors = {label: as_tensor(type_) for label, (_, type_) in given.places.items()}
    known = [label for label, tensor in tensors.items() if tensor is not None and not _is_open(tensor)]
    made = as_tensor(result)
    if made is None or not known or not _is_open(made):
        return
    short = name.rpartition(".")[2]
    operator = operator_of(short, tuple(given.places), context)
    names = {label: f'"{label}"' if operator is None else f"the {operator.roles[label].lower()}" for label in tensors}
    unknown = [names[label] for label, tensor in tensors.items() if tensor is not None and label not in known]
    because = f": those of {' and '.join(unknown)} are not" if unknown else ""
    what = f'"{short}"' if operator is None else f'"{operator.symbol}"' if operator.symbol else "the index"
    api.note(f"The axes of what {what} gives are not known{because}", context, code=UNTRACKED)


def _is_open(tensor: Instance) -> bool:
    return read_tensor(tensor).shape is None
