"""What the sizes of a config imply: a model is made without memory, and its `forward` run once without numbers.

On the meta device tensors have shapes and nothing else. All calls in `forward` are checked as in any run, so an encoder
that gives 512 where a decoder takes 256 shows. What cannot be run like that (data that decides where to go, sizes
that the examples do not fit) stays unknown, which is said as a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import nn

from neuraltypes._errors import AnnotationError
from neuraltypes._examples import example_inputs, size_names
from neuraltypes._forward import interface_of
from neuraltypes._switches import checks
from neuraltypes.config._values import Make
from neuraltypes.errors import CheckError

_SMALL, _OTHER = (2, 5, 3, 7, 4, 6, *range(8, 100)), range(111, 311, 2)
_MOST_KNOWN = 8


class Finding(NamedTuple):
    """A failed check that any inputs would meet, or why there is no answer; None where all calls fit.

    `module` is what was made.
    """

    mismatch: CheckError | None = None
    unknown: str | None = None
    module: nn.Module | None = None


def run_without_numbers(make: Make) -> Finding:
    """Make a model and call its `forward`, with shapes alone."""
    try:
        with torch.device("meta"):
            module = make()
    except Exception as error:  # noqa: BLE001  # what it raises may be the config's fault or that of the meta device
        return Finding(unknown=f"it is not made on the meta device: {_in_short(error)}")
    return _called(module)._replace(module=module) if isinstance(module, nn.Module) else Finding()


def _called(module: nn.Module) -> Finding:
    """What calls with two sets of sizes say; a size that a part asks of the inputs themselves is given to them."""
    module.eval()
    known: dict[str, int] = {}
    while True:
        few, other = _sizes(module, _SMALL, known), _sizes(module, _OTHER, known)
        first = _call(module, few)
        if first is None:
            return Finding()
        if isinstance(first, AnnotationError):
            return Finding(unknown=_in_short(first))
        if not isinstance(first, CheckError):
            return Finding(unknown=f"its forward does not run on the meta device: {_in_short(first)}")
        second = _call(module, other)
        if isinstance(second, CheckError) and _key(second) == _key(first):
            return Finding(mismatch=first)
        asked = _asked(first, second, few, other) if isinstance(second, CheckError) else None
        if asked is None or len(known) == _MOST_KNOWN:
            return Finding(unknown=f"its forward takes no inputs of just any sizes: {_in_short(first)}")
        known |= asked


def _asked(first: CheckError, second: CheckError, few: dict[str, int], other: dict[str, int]) -> dict[str, int] | None:
    """The size of the inputs that both calls were refused for, with the number that was expected."""
    one, two = first.failures[0], second.failures[0]
    if one.cause != "shape" or type(one.expected) is not int or one.expected != two.expected:
        return None
    named = [name for name in few if (few[name], other[name]) == (one.got, two.got) and few[name] != other[name]]
    return {named[0]: one.expected} if len(named) == 1 else None


def _call(module: nn.Module, sizes: dict[str, int]) -> Exception | None:
    """What `forward` raises for example inputs, which have these sizes."""
    try:
        inputs = example_inputs(module, device="meta", **sizes)
        with torch.device("meta"), torch.no_grad(), checks("always"):
            module(**inputs)
    except Exception as error:  # noqa: BLE001  # any other error than a check's is no answer
        return error
    return None


def _sizes(module: nn.Module, numbers: Iterable[int], known: Mapping[str, int]) -> dict[str, int]:
    """A size for each name of the inputs' axes, as known or another for each."""
    try:
        names = size_names(interface_of(type(module), getattr(module, "__orig_class__", None)))
    except AnnotationError:
        return {}
    return dict(zip((name.lstrip("*") for name in names), numbers, strict=False)) | dict(known)


def _key(error: CheckError) -> Any:
    """What makes two failed checks the same: where it was, and what was expected and came."""
    lines = str(error).splitlines()
    where = next((line for line in lines if line.startswith("  module ")), "")
    return where, [(f.cause, f.argument, f.place, f.axis, f.expected, f.got) for f in error.failures]


def _in_short(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}".rstrip(": ")
