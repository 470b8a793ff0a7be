"""When calls are checked: always, never, or the first N calls of each module."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal, TypeAlias

from neuraltypes._tracing import constant_when_traced

ENVIRONMENT_VARIABLE: Final = "NEURALTYPES_CHECKS"
Policy: TypeAlias = Literal["always", "first", "off"]

_ALWAYS: Final = -1
_OFF: Final = 0
_COUNT: Final = "_neural_type_calls"
_DEFAULT_CALLS: Final = 100


class _Switch:
    """The process's policy, and those of the `checks` blocks that are open now.

    `special` is empty while every call in the process is checked, and else says which policies are about: all that a
    guard looks at, and what `torch.compile` guards a graph with.
    """

    def __init__(self) -> None:
        self.special = ""
        self.default = _ALWAYS
        self.open_blocks: list[int] = []

    def set_default(self, limit: int) -> None:
        """Set the process's policy."""
        with _lock:
            self.default = limit
            self._update()

    def open_block(self, limit: int) -> None:
        """Count a `checks` block in."""
        with _lock:
            self.open_blocks.append(limit)
            self._update()

    def close_block(self, limit: int) -> None:
        """Count it out."""
        with _lock:
            self.open_blocks.remove(limit)
            self._update()

    def _update(self) -> None:
        is_usual = not self.open_blocks and self.default == _ALWAYS
        self.special = "" if is_usual else f"{self.default} {sorted(self.open_blocks)}"

    def __reduce__(self) -> str:
        return "switch"


_lock = threading.Lock()
# Asked about each failed check of this thread and task, with the error, the function's name, its owner and the values
# by name: whether the call goes on all the same.
FailureHandler: TypeAlias = Callable[[Any, str, Any, Mapping[str, Any]], bool]
failure_handler: Final[ContextVar[FailureHandler | None]] = ContextVar("neuraltypes_failure_handler", default=None)
switch: Final = _Switch()
_policy: ContextVar[int | None] = ContextVar("neuraltypes_checks", default=None)


def set_checks(policy: Policy, *, calls: int | None = None) -> None:
    """Set the policy of the whole process, wherever no `checks(...)` block says otherwise.

    `"always"` checks every call, `"off"` none; `"first"` the first `calls` (by default 100) calls of each module, which
    then runs at bare speed.

    Raises:
        ValueError: the policy is unknown, or `calls` does not go with it.
    """
    switch.set_default(_limit(policy, calls))


@contextmanager
def checks(policy: Policy, *, calls: int | None = None) -> Iterator[None]:
    """The policy inside a `with` block, of this thread and task only; blocks nest. Also a decorator.

    Inside `torch.compile` the policy counts that is in force when a graph is compiled.

    Raises:
        ValueError: as `set_checks`.
    """
    limit = _limit(policy, calls)
    switch.open_block(limit)
    token = _policy.set(limit)
    try:
        yield
    finally:
        _policy.reset(token)
        switch.close_block(limit)


def _limit(policy: Policy, calls: int | None) -> int:
    if calls is not None and (policy != "first" or calls < 1):
        raise ValueError(f'checks: calls={calls} goes with policy "first" and is at least 1; got policy "{policy}"')
    limits = {"always": _ALWAYS, "off": _OFF, "first": _DEFAULT_CALLS if calls is None else calls}
    if policy not in limits:
        raise ValueError(f'checks: policy is "{policy}", expected "always", "first" or "off"')
    return limits[policy]


@constant_when_traced
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
