"""Whether a signature takes the arguments of a call, by their number and their names alone."""

from __future__ import annotations

from typing import Final

from mypy.argmap import map_actuals_to_formals
from mypy.nodes import CallExpr
from mypy.types import AnyType, CallableType, TypeOfAny

_NUMPY: Final = {"axis": "dim", "keepdims": "keepdim"}  # what torch takes as well, and its stubs do not say


def takes(signature: CallableType, call: CallExpr) -> bool:
    """Whether each argument is for a parameter, and each parameter that needs one has one; what is starred may fit."""
    if any(kind.is_star() for kind in call.arg_kinds):
        return True
    found = map_actuals_to_formals(
        call.arg_kinds,
        call.arg_names,
        signature.arg_kinds,
        signature.arg_names,
        lambda _: AnyType(TypeOfAny.unannotated),
    )
    taken = [at for places in found for at in places]
    is_filled = all(places or not kind.is_required() for places, kind in zip(found, signature.arg_kinds, strict=True))
    is_single = all(len(places) <= 1 or kind.is_star() for places, kind in zip(found, signature.arg_kinds, strict=True))
    return is_filled and is_single and sorted(set(taken)) == list(range(len(call.args)))


def with_names_of_numpy(signature: CallableType, call: CallExpr) -> CallableType:
    """The signature of a method of a tensor, with parameters by the names that numpy has for them and the call uses."""
    used = {torch: numpy for numpy, torch in _NUMPY.items() if numpy in call.arg_names and torch in signature.arg_names}
    if not used:
        return signature
    return signature.copy_modified(arg_names=[used.get(name or "", name) for name in signature.arg_names])
