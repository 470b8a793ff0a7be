"""A computed rule of the project's own."""

# mypy: ignore-errors
from neuraltypes.rules import Refused, SizedAxis, axis_at, computed, floor_divide, place, replaced, size_of

STEP = 1


@computed("sigkit.decimate")
def decimate(x, factor, dim):
    axis, at, step = axis_at(x.shape, dim), place(x.shape, dim), size_of(factor)
    if x.shape is None or axis is None or at is None:
        return x.of(None)
    if step is not None and step.constant == 0:
        raise Refused("is 0", "factor")
    size = None if axis.size is None or step is None else floor_divide(axis.size, step)
    return x.of(replaced(x.shape, at, SizedAxis(size, axis.label)))
