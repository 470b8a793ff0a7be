"""The error of configs: all problems of one config at once, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["ConfigError", "Position", "Problem", "UsageError"]


@dataclass(frozen=True)
class Position:
    """A line of a file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a config; `path` is as OmegaConf writes it, `"encoder.layers[0].width"`."""

    path: str
    message: str
    expected: str | None = None
    got: str | None = None
    suggestion: str | None = None
    position: Position | None = None

    def __str__(self) -> str:
        hint = f'; did you mean "{self.suggestion}"?' if self.suggestion is not None else ""
        path = self.path or ("config" if self.position is not None else "")
        where = [str(part) for part in (self.position, path) if part]
        return ": ".join([*where, f"{self.message}{hint}"])


class ConfigError(ValueError):
    """A config that does not fit; `problems` holds everything that was found.

    It is made of problems, or of the message and the path of one.
    """

    def __init__(self, problems: Sequence[Problem] | str, *, place: str = "") -> None:
        found = (Problem(place, problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__(found)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What does not fit, in the order of the config."""
        problems: tuple[Problem, ...] = self.args[0]
        return problems

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        return f"the config has {len(self.problems)} problems:\n{listed}"


class UsageError(Exception):
    """A command was given what it cannot work with: a module or class that is not there."""
