"""Transforms of distributions: how many axes one of them is about, and the shape that it gives.

Source: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.transforms
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from neuraltypes._sizes import Size
from neuraltypes._unify import Shape
from neuraltypes.rules._shapes import broadcast, int_of
from neuraltypes.rules._values import CLASS, UNKNOWN, Array, DTypes, Value

_PREFIX: Final = "torch.distributions."
_PLAIN: Final = {
    **dict.fromkeys(("AbsTransform", "ExpTransform", "SigmoidTransform", "SoftplusTransform", "TanhTransform"), 0),
    "SoftmaxTransform": 1,
}
_PARAMETERS: Final = {"AffineTransform": ("loc", "scale"), "PowerTransform": ("exponent",)}


@dataclass(frozen=True, slots=True)
class Transform:
    """A transform that keeps the number of axes: `event_dim` last ones belong together; its parameters broadcast."""

    event_dim: int
    parameters: tuple[Array, ...] = ()

    def gives(self, shape: Shape | None) -> Shape | None:
        """What comes of a shape.

        Raises:
            Refused: the parameters do not broadcast with it.
        """
        return broadcast([shape, *(one.shape for one in self.parameters)])

    def keeps(self, dtype: DTypes | None) -> DTypes | None:
        """The dtype of what comes of one; None where a parameter may decide it."""
        return dtype if all(one.shape == () or one.dtype == dtype for one in self.parameters) else None


def transform_of(value: Value) -> Transform | None:
    """A transform that was made; None for those of which too little is known."""
    name = value.get(CLASS) if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(name, str):
        return None
    name = name.removeprefix(_PREFIX)
    if name in _PLAIN:
        return Transform(_PLAIN[name])
    if name == "ComposeTransform":
        return composed(value.get("parts", UNKNOWN))
    if name not in _PARAMETERS:
        return None
    event_dim = int_of(value.get("event_dim", UNKNOWN)) if name == "AffineTransform" else 0
    parameters = [_parameter(value.get(one, UNKNOWN)) for one in _PARAMETERS[name]]
    known = tuple(one for one in parameters if one is not None)
    return None if event_dim is None or len(known) < len(parameters) else Transform(event_dim, known)


def composed(value: Value) -> Transform | None:
    """One transform, or several one after the other."""
    if not isinstance(value, tuple):
        return transform_of(value)
    steps = [transform_of(one) for one in value]
    known: Sequence[Transform] = [one for one in steps if one is not None]
    if len(known) < len(steps):
        return None
    parameters = tuple(parameter for one in known for parameter in one.parameters)
    return Transform(max((one.event_dim for one in known), default=0), parameters)


def _parameter(value: Value) -> Array | None:
    if isinstance(value, Array):
        return value
    return Array(()) if isinstance(value, bool | float | Size) else None
