"""Shape rules: what operations take and give, in shape, dtype and meaning. Pure: neither torch nor mypy is imported.

A rule is a declaration in a shape stub (`stubs/`), in the annotations that users write; where a signature cannot say it
all, the declaration names a computed rule, a Python function over the values of this package:

    @computed("mypackage.flip_time")
    def flip_time(x: Array, dim: Value) -> Array: ...

One definition serves the mypy plugin, which calls it with symbolic sizes, and the tests, which call it with numbers and
compare with the operation itself.
"""

from __future__ import annotations

from neuraltypes.rules._apply import Outcome, Surroundings, apply
from neuraltypes.rules._context import is_given, sizes_differ, suspect
from neuraltypes.rules._registry import Registry, computed
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
    "Result",
    "Signature",
    "Slice",
    "Surroundings",
    "Tensors",
    "Value",
    "apply",
    "computed",
    "is_given",
    "sizes",
    "sizes_differ",
    "suspect",
]
