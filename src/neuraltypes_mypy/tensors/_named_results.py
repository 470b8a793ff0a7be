"""Results by name: `x.max(dim=1).values`, `torch.linalg.svd(x).S`."""

from __future__ import annotations

from typing import Final

from mypy.plugin import AttributeContext
from mypy.types import AnyType, Instance, TupleType, Type, get_proper_type

from neuraltypes_mypy.base._names import DTYPES_MODULE
from neuraltypes_mypy.base._types import attribute_of, with_attribute
from neuraltypes_mypy.tensors._atoms import note_of, noted_any
from neuraltypes_mypy.tensors._types import KnownTypes

RETURN_TYPES: Final = "torch.return_types."
NAMED_RESULTS: Final = f"{DTYPES_MODULE}.NamedResults"
_NAMES: Final = "neuraltypes:names"  # no attribute has such a name
# What torch makes in C without a type for mypy.
_FIELDS: Final = {
    "cholesky_ex": "L info",
    "eig": "eigenvalues eigenvectors",
    "eigh": "eigenvalues eigenvectors",
    "inv_ex": "inverse info",
    "ldl_factor": "LD pivots",
    "ldl_factor_ex": "LD pivots info",
    "lstsq": "solution residuals rank singular_values",
    "lu": "P L U",
    "lu_factor": "LU pivots",
    "lu_factor_ex": "LU pivots info",
    "qr": "Q R",
    "slogdet": "sign logabsdet",
    "solve_ex": "result info",
    "svd": "U S Vh",
}
_PREFIX: Final = "torch.linalg."
_DEFAULT: Final = "values indices"
# Of the classes that torch has a type for; mypy's cache keeps their names in another order.
_CLASSES: Final = {
    "aminmax": "min max",
    "frexp": "mantissa exponent",
    "geqrf": "a tau",
    "histogram": "hist bin_edges",
    "lu_unpack": "P L U",
    "qr": "Q R",
    "slogdet": "sign logabsdet",
    "svd": "U S V",
    "triangular_solve": "solution cloned_coefficient",
}


def with_names(result: Type, rule: str, types: KnownTypes) -> Type:
    """What an operation gives, as a tuple whose items have names, where they do."""
    names = _FIELDS.get(rule.removeprefix(_PREFIX)) if rule.startswith(_PREFIX) else None
    proper, fallback = get_proper_type(result), types.instance(NAMED_RESULTS)
    if names is None or fallback is None or not isinstance(proper, TupleType):
        return result
    return proper.copy_modified(fallback=with_attribute(fallback, _NAMES, noted_any(names)))


def named_result(ctx: AttributeContext) -> Type:
    """An item of what an operation gives, by its name."""
    results, name = ctx.type, getattr(ctx.context, "name", "")
    if not isinstance(results, TupleType):
        return ctx.default_attr_type
    names = _names_of(results.partial_fallback)
    place = names.index(name) if name in names else len(results.items)
    return results.items[place] if place < len(results.items) else ctx.default_attr_type


def _names_of(fallback: Instance) -> list[str]:
    kept = attribute_of(fallback, _NAMES)
    names = note_of(kept) if isinstance(kept, AnyType) else _CLASSES.get(fallback.type.name, _DEFAULT)
    return (names or "").split()
