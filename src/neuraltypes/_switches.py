"""When calls are checked: always, never, or the first N calls of each module."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal, TypeAlias

ENVIRONMENT_VARIABLE: Final = "NEURALTYPES_CHECKS"
Policy: TypeAlias = Literal["always", "first", "off"]

_ALWAYS: Final = -1
_OFF: Final = 0
_COUNT: Final = "_neural_type_calls"
_DEFAULT_CALLS: Final = 100


class _Switch:
    """The process's policy. `special` is False while every call in it is checked: all that a guard looks at."""

    def __init__(self) -> None:
        self.special = False
        self.default = _ALWAYS
        self.overrides = 0

    def update(self, *, default: int | None = None, overrides: int = 0) -> None:
        """Set the process's policy, and count `checks` blocks in and out."""
        with _lock:
            self.default = self.default if default is None else default
            self.overrides += overrides
            self.special = self.overrides > 0 or self.default != _ALWAYS

    def __reduce__(self) -> str:
        return "switch"


_lock = threading.Lock()
switch: Final = _Switch()
_policy: ContextVar[int | None] = ContextVar("neuraltypes_checks", default=None)


def set_checks(policy: Policy, *, calls: int | None = None) -> None:
    """Set the policy of the whole process, wherever no `checks(...)` block says otherwise.

    `"always"` checks every call, `"off"` none; `"first"` the first `calls` (by default 100) calls of each module, which
    then runs at bare speed.

    Raises:
        ValueError: the policy is unknown, or `calls` does not go with it.
    """
    switch.update(default=_limit(policy, calls))


@contextmanager
def checks(policy: Policy, *, calls: int | None = None) -> Iterator[None]:
    """The policy inside a `with` block, of this thread and task only; blocks nest. Also a decorator.

    Inside `torch.compile` the policy counts that is in force when a graph is compiled.

    Raises:
        ValueError: as `set_checks`.
    """
    limit = _limit(policy, calls)
    switch.update(overrides=1)
    token = _policy.set(limit)
    try:
        yield
    finally:
        _policy.reset(token)
        switch.update(overrides=-1)


def _limit(policy: Policy, calls: int | None) -> int:
    if calls is not None and (policy != "first" or calls < 1):
        raise ValueError(f'checks: calls={calls} goes with policy "first" and is at least 1; got policy "{policy}"')
    limits = {"always": _ALWAYS, "off": _OFF, "first": _DEFAULT_CALLS if calls is None else calls}
    if policy not in limits:
        raise ValueError(f'checks: policy is "{policy}", expected "always", "first" or "off"')
    return limits[policy]


def limit_in_force() -> int:
    """How many calls of a module are checked here and now; -1 for all of them."""
    limit = _policy.get()
    return switch.default if limit is None else limit


def is_skipped(owner: Any) -> bool:
    """Whether this call of `owner` (a module, or a function) goes unchecked; counts the call where it is checked."""
    limit = limit_in_force()
    if limit <= _OFF:
        return limit == _OFF
    counts = owner.__dict__
    used = counts.get(_COUNT, 0)
    if used >= limit:
        return True
    if not _is_compiling():  # a count would make torch.compile compile anew at every call
        counts[_COUNT] = used + 1
    return False


def _is_compiling() -> bool:
    from torch.compiler import is_compiling

    return is_compiling()


# torch.compile runs this function while it traces and takes the answer as a constant (what
# torch.compiler.assume_constant_result does, without importing the compiler for it).
setattr(limit_in_force, "_dynamo_marked_constant", True)  # noqa: B010


def is_disabled_at_import() -> bool:
    """Whether the environment says that nothing is to be hooked at all: then `forward` stays the bare function."""
    return os.environ.get(ENVIRONMENT_VARIABLE, "").strip().lower() in ("off", "0", "false", "no")


def read_environment() -> None:
    """Take the process's policy from `NEURALTYPES_CHECKS`: `off`, `always`, `first` or `first:N`.

    Raises:
        ValueError: the variable holds anything else.
    """
    text = os.environ.get(ENVIRONMENT_VARIABLE, "").strip().lower()
    if not text or is_disabled_at_import() or text in ("always", "1", "true", "yes", "on"):
        return
    matched = re.fullmatch(r"first(:0*[1-9][0-9]*)?", text)
    if matched is None:
        raise ValueError(f'{ENVIRONMENT_VARIABLE} is "{text}", expected "off", "always", "first" or "first:100"')
    set_checks("first", calls=int(matched[1][1:]) if matched[1] else None)


read_environment()
