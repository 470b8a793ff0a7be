"""`torch.nn.init`: what fills a tensor in place gives that tensor.

Source: https://docs.pytorch.org/docs/stable/nn.init.html
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import int_of, require_axes
from neuraltypes.rules._values import Array, Result, Value
from neuraltypes.rules._windows import require_divisible
from neuraltypes.rules.creation import require_floats


def _filled(tensor: Array) -> Array:
    return tensor.plain(tensor.shape)


@computed("initial.constant")
def constant(tensor: Array, **_: Value) -> Result:
    """`constant_`, `ones_`, `zeros_`: any tensor."""
    return _filled(tensor)


@computed("initial.drawn")
def drawn(tensor: Array, **_: Value) -> Result:
    """`normal_`, `uniform_`, `trunc_normal_`: any tensor of floats."""
    require_floats(tensor.dtype, "tensor")
    return _filled(tensor)


@computed("initial.fans")
def fans(tensor: Array, **_: Value) -> Result:
    """`xavier_uniform_`, `kaiming_normal_` and their like, `orthogonal_`: rows and columns at least."""
    require_axes(tensor.shape, 2, argument="tensor")
    require_floats(tensor.dtype, "tensor")
    return _filled(tensor)


@computed("initial.matrix")
def matrix(tensor: Array, **_: Value) -> Result:
    """`sparse_`, `eye_`: a matrix."""
    require_axes(tensor.shape, 2, 2, "tensor")
    return _filled(tensor)


@computed("initial.dirac")
def dirac(tensor: Array, groups: Value = 1, **_: Value) -> Result:
    """`dirac_`: the weight of a convolution over one to three axes, whose outputs `groups` divides."""
    require_axes(tensor.shape, 3, 5, "tensor")
    first, count = (tensor.shape or (None,))[0], int_of(groups)
    if isinstance(first, SizedAxis) and count is not None:
        require_divisible(first.size, number(count), f"has rows that {count} groups do not divide", "tensor")
    return _filled(tensor)
