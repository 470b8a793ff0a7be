"""Whether what a data set gives fits what a model takes: every disagreement, with both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.data.errors import Misfit, WiringError
from neuraltypes import Comparison, Spec, TensorSpec, ValueSpec
from neuraltypes._spelling import hint
from neuraltypes.axes import FixedAxis, SymbolicAxis


@dataclass(frozen=True, slots=True)
class Taken:
    """A field of a batch that a model takes: as what (None: unknown), and where (`"Model.forward(audio=)"`).

    `refusal` says why it is not taken after all, `takes` what is instead.
    """

    field: str
    taker: str
    spec: Spec | None = None
    is_required: bool = True
    refusal: str | None = None
    takes: str | None = None


def find_misfits(given: Mapping[str, Spec], taken: Iterable[Taken]) -> list[Misfit]:
    """What of `taken` the fields `given` do not fit."""
    found = (_misfit(given, one) for one in taken)
    return [misfit for misfit in dict.fromkeys(found) if misfit is not None]


def raise_misfits(misfits: list[Misfit], data: str, source: str) -> None:
    """Raise an error for all misfits; `data` says which data, `source` what gives them.

    Raises:
        WiringError: there is one.
    """
    if not misfits:
        return
    fields = dict.fromkeys(one.field for one in misfits)
    lines = [f"{data} do not fit the model: {', '.join(fields)}"]
    for field in fields:
        of_field = [one for one in misfits if one.field == field]
        first, width = of_field[0], max(len(one.taker) for one in of_field)
        lines.append(
            f"  {field}: {first.reason}" if first.given is None else f"  {field}: {source} gives {first.given}"
        )
        for one in of_field:
            reason = "" if one.given is None else f": {one.reason}"
            lines.append(f"    {one.taker.ljust(width)}  takes {one.expected or one.field}{reason}")
    raise WiringError("\n".join(lines), misfits)


def mismatch(expected: Spec, given: Spec) -> str | None:
    """Why `given` does not fit `expected`; None where it does, or may."""
    if isinstance(expected, ValueSpec) and isinstance(given, ValueSpec):
        return None  # what holds no tensor is the step's own affair
    outcome = expected.compare(given)
    if outcome is Comparison.LESS:
        outcome = expected.compare(_with_narrower_dtype(expected, given))
    return None if outcome.accepted else outcome.value


def _misfit(given: Mapping[str, Spec], taken: Taken) -> Misfit | None:
    expected = taken.takes if taken.spec is None else str(taken.spec)
    if taken.field not in given:
        if not taken.is_required:
            return None
        known = hint(taken.field, given) or f"; it has {', '.join(given)}"
        return Misfit(taken.field, taken.taker, f"the data have no such field{known}", None, expected)
    spec = given[taken.field]
    reason = taken.refusal if taken.spec is None else mismatch(taken.spec, spec)
    return None if reason is None else Misfit(taken.field, taken.taker, reason, str(spec), expected)


def _with_narrower_dtype(expected: Spec, given: Spec) -> Spec:
    """`given` as if it were of the expected dtype, where that is among those that it may have."""
    if not (isinstance(expected, TensorSpec) and isinstance(given, TensorSpec)):
        return given
    if expected.dtype is None or given.dtype is None or not set(expected.dtype.members) < set(given.dtype.members):
        return given
    return TensorSpec(given.axes, given.element, expected.dtype, array_type=given.array_type)


def with_sizes_of(spec: Spec, module: Any) -> Spec:
    """`spec` with the axes that read only the module (`{self.width}`) as the sizes that they are."""
    if not isinstance(spec, TensorSpec) or spec.axes is None:
        return spec
    axes = [_size_of(axis, module) if isinstance(axis, SymbolicAxis) and not axis.names else axis for axis in spec.axes]
    return TensorSpec(axes, spec.element, spec.dtype, array_type=spec.array_type)


def _size_of(axis: SymbolicAxis, module: Any) -> FixedAxis | SymbolicAxis:
    try:
        text = eval(f"f{axis.expression!r}", {"self": module})  # noqa: S307  # the annotation is the user's code
        return FixedAxis(int(eval(text, {})), axis.broadcastable, axis.label)  # noqa: S307
    except Exception:  # noqa: BLE001  # it may read what a call brings, and then its size is not known yet
        return axis


def taken_by(types: Mapping[str, Spec], required: Iterable[str], taker: str, module: Any) -> list[Taken]:
    """The fields that a function of the inputs `types` takes by name."""
    needed = set(required)
    return [
        Taken(name, f"{taker}({name}=)", with_sizes_of(spec, module), name in needed) for name, spec in types.items()
    ]
