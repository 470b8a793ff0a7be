"""How functions tell `torch.compile` what to do with them, without importing the compiler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def constant_when_traced(function: _F) -> _F:
    """`function`, which `torch.compile` runs while it traces and whose answer it takes as a constant.

    This is what `torch.compiler.assume_constant_result` does, which imports the compiler.
    """
    setattr(function, "_dynamo_marked_constant", True)  # noqa: B010
    return function


def outside_graphs(function: _F) -> _F:
    """`function`, which `torch.compile` calls but never traces into, as `torch.compiler.disable` marks it."""
    setattr(function, "_torchdynamo_disable", True)  # noqa: B010
    return function
