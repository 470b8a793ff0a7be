"""The key plan: which archived tensor goes where in a model, decided and reported before any is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, TypeAlias

from torch import Tensor

from neuraltypes.archive._names import shown
from neuraltypes.archive._reader import ArchivedTensor
from neuraltypes.archive._state import torch_type
from neuraltypes.archive.errors import StateError

OnMismatch: TypeAlias = Literal["error", "skip"]
_LISTED = 20  # of each kind of problem


@dataclass(frozen=True)
class Plan:
    """`sources` are the archived names by those of the model; the rest says what does not fit, in words by name."""

    sources: Mapping[str, str]
    missing: Mapping[str, str] = field(default_factory=dict)
    unexpected: Mapping[str, str] = field(default_factory=dict)
    mismatched: Mapping[str, str] = field(default_factory=dict)

    def require(self, *, strict: bool, on_mismatch: OnMismatch) -> None:
        """Refuse what does not fit, all of it at once.

        Raises:
            StateError: strictly, a tensor is missing or left over; or one differs and is not to be skipped.
        """
        parts = [("missing", self.missing), ("unexpected", self.unexpected)] if strict else []
        parts += [("mismatched", self.mismatched)] if on_mismatch == "error" else []
        listed = [line for title, problems in parts for line in _listed(title, problems)]
        if listed:
            details = {title: dict(problems) for title, problems in parts}
            raise StateError("\n".join(["the archived tensors do not fit the model:", *listed]), **details)


def make_plan(model: Mapping[str, Tensor], archived: Mapping[str, str], tensors: Mapping[str, ArchivedTensor]) -> Plan:
    """The plan for a model's state; `archived` are names in the archive by the names that they are to have."""
    missing = {name: _nearest(name, archived.keys() - model.keys()) for name in model if name not in archived}
    unexpected = {name: _nearest(name, model.keys() - archived.keys()) for name in archived if name not in model}
    shared = [name for name in model if name in archived]
    problems = {name: _problem(model[name], tensors[archived[name]]) for name in shared}
    mismatched = {name: problem for name, problem in problems.items() if problem}
    return Plan({n: archived[n] for n in shared if n not in mismatched}, missing, unexpected, mismatched)


def select(names: Iterable[str], prefix: str | None, rename: Mapping[str, str]) -> dict[str, str]:
    """The archived names by the names that they are to have: those below `prefix`, without it, then renamed.

    `rename` maps whole names, or patterns with one `*` that stands for the same on both sides.

    Raises:
        StateError: the prefix or a pattern matches nothing, or two tensors get one name.
    """
    start = "" if prefix is None else f"{prefix.removesuffix('.')}."
    chosen = {name.removeprefix(start): name for name in names if name.startswith(start)}
    if not chosen and start:
        raise StateError(f"no archived tensor is below {prefix!r}", prefix=prefix)
    unused = set(rename)
    renamed: dict[str, str] = {}
    for name, archived in chosen.items():
        target, pattern = _rename(name, rename)
        unused.discard(pattern or "")
        if target in renamed:
            raise StateError(
                f"{shown(renamed[target])} and {shown(archived)} would both be {shown(target)}", name=target
            )
        renamed[target] = archived
    if unused:
        raise StateError(f"no archived tensor matches {', '.join(map(repr, sorted(unused)))}", patterns=sorted(unused))
    return renamed


def _rename(name: str, rename: Mapping[str, str]) -> tuple[str, str | None]:
    if name in rename:
        return rename[name], name
    for pattern, target in rename.items():
        before, star, after = pattern.partition("*")
        if star and name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after):
            return target.replace("*", name[len(before) : len(name) - len(after)], 1), pattern
    return name, None


def _problem(expected: Tensor, given: ArchivedTensor) -> str | None:
    dtype, shape = torch_type(given)
    if shape != tuple(expected.shape):
        return f"has the shape {list(shape)}, expected {list(expected.shape)}"
    # Precision is the archive's to say: a model that was saved in bfloat16 comes back so.
    is_float, is_complex = expected.dtype.is_floating_point, expected.dtype.is_complex
    if dtype != expected.dtype and not ((is_float and dtype.is_floating_point) or (is_complex and dtype.is_complex)):
        return f"has the dtype {dtype}, expected {expected.dtype}"
    return None


def _nearest(name: str, names: Iterable[str]) -> str:
    found = get_close_matches(name, names, 1, 0.8)
    return f"nearest: {shown(found[0])}" if found else ""


def _listed(title: str, problems: Mapping[str, str]) -> list[str]:
    lines = [f"    {shown(name)[1:-1]}" + (f"  {text}" if text else "") for name, text in problems.items()]
    more = [f"    and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return [f"  {title}:", *lines[:_LISTED], *more] if lines else []
