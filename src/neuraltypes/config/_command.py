"""`neuraltypes config check`: a file, and the modules and classes that the caller names for it."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from neuraltypes.config._check import check
from neuraltypes.config._load import load
from neuraltypes.config.errors import ConfigError, UsageError


def check_file(
    file: str,
    *,
    overrides: Sequence[str] = (),
    imports: Sequence[str] = (),
    model: str | None = None,
    key: str | None = None,
    allow: Sequence[str] = (),
    resolvers: Sequence[str] = (),
    wiring: bool = True,
) -> tuple[list[str], int]:
    """What to print of a file, and the exit status: 0, or 1 where there are problems.

    Raises:
        UsageError: a module, class, key or override is not there.
        OSError: the file cannot be read.
    """
    with _from_here():
        for name in imports:
            _import(name)
        expected = None if model is None else _class(model)
        allowed = {name: _class(name) for name in allow}
    try:
        config = _overridden(load(file, resolvers=resolvers), overrides)
    except ConfigError as error:
        return [str(problem) for problem in error.problems], 1
    part = config if key is None else OmegaConf.select(config, key)
    if not isinstance(part, DictConfig):
        raise UsageError(f"{file} has no section {key!r}")
    report = check(part, model=expected, allow=allowed, resolvers=resolvers, wiring=wiring)
    lines = [f"{problem}" for problem in report.problems] + [f"note: {note}" for note in report.notes]
    return lines or [f"{file}: no problems"], int(bool(report.problems))


@contextmanager
def _from_here() -> Iterator[None]:
    """Import from the working directory first, as `python -m` does."""
    before = list(sys.path)
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  # a string, as the others in it
    try:
        yield
    finally:
        sys.path[:] = before


def _import(name: str) -> object:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(f"cannot import {name}: {error}") from error


def _class(name: str) -> type:
    module, _, attribute = name.rpartition(".")
    found = getattr(_import(module), attribute, None) if module else None
    if not isinstance(found, type):
        raise UsageError(f"there is no class {name}; write its module and its name, as in package.module.Class")
    return found


def _overridden(config: DictConfig, overrides: Sequence[str]) -> DictConfig:
    for override in overrides:
        if "=" not in override:
            raise UsageError(f"override {override!r} sets nothing; write key=value")
    try:
        config.merge_with_dotlist(list(overrides))
    except OmegaConfBaseException as error:
        raise UsageError(f"cannot override: {str(error).splitlines()[0]}") from None
    return config
