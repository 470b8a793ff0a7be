"""Shape rules: what operations take and give, in shape, dtype and meaning. Pure: neither torch nor mypy is imported.

A rule is a declaration in a shape stub (`stubs/`), in the annotations that users write; where a signature cannot say it
all, the declaration names a computed rule, a Python function over the values of this package:

    @computed("mypackage.flip_time")
    def flip_time(x: Array, dim: Value) -> Array: ...

One definition serves the mypy plugin, which calls it with symbolic sizes, and the tests, which call it with numbers and
compare with the operation itself.
"""

from __future__ import annotations

from neuraltypes._sizes import Size, add, floor_divide, multiply, number, subtract
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._apply import Outcome, Surroundings, apply
from neuraltypes.rules._context import is_given, sizes_differ, suspect
from neuraltypes.rules._registry import Registry, computed
from neuraltypes.rules._shapes import axis_at, broadcast, int_of, numel, place, rank, replaced, require_equal, size_of
from neuraltypes.rules._stubs import Parameter, Signature, Tensors
from neuraltypes.rules._values import (
    UNKNOWN,
    Array,
    Config,
    DType,
    DTypes,
    Many,
    Produced,
    Refused,
    Result,
    Slice,
    Value,
    sizes,
)

__all__ = [
    "UNKNOWN",
    "Array",
    "Config",
    "DType",
    "DTypes",
    "Many",
    "Outcome",
    "Parameter",
    "Produced",
    "Refused",
    "Registry",
    "Rest",
    "Result",
    "Shape",
    "Signature",
    "Size",
    "SizedAxis",
    "Slice",
    "Surroundings",
    "Tensors",
    "Value",
    "add",
    "apply",
    "axis_at",
    "broadcast",
    "computed",
    "floor_divide",
    "int_of",
    "is_given",
    "multiply",
    "number",
    "numel",
    "place",
    "rank",
    "replaced",
    "require_equal",
    "size_of",
    "sizes",
    "sizes_differ",
    "subtract",
    "suspect",
]
