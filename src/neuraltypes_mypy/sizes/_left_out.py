"""Parameters of constructors that may be left out: `out = out or dim` makes `out` what is given, or `dim`."""

from __future__ import annotations

from collections.abc import Mapping

from mypy.nodes import Expression, FuncDef, NameExpr

from neuraltypes._sizes import Size
from neuraltypes_mypy.sizes._class_sizes import kept_of, parameter_size
from neuraltypes_mypy.source._assigned import is_parameter
from neuraltypes_mypy.source._fallbacks import fallback, is_defaulting
from neuraltypes_mypy.source._size_texts import size_text


def fallbacks_in(function: object) -> Mapping[str, str]:
    """What parameters of a constructor stand for where they are None; of another function there are none."""
    if not isinstance(function, FuncDef) or function.name != "__init__" or not function.info:
        return {}
    found: Mapping[str, str] = kept_of(function.info).get("fallbacks", {})
    return found


def size_of_either(expression: Expression, function: FuncDef | None) -> Size | None:
    """The size of `out or dim` in a constructor, where that is what `out` stands for."""
    kept = fallbacks_in(function)
    found = fallback(expression, _is_default) if kept else None
    if found is None or function is None or size_text(found[1]) != kept.get(found[0].name, ""):
        return None
    is_own = is_parameter(found[0].node, function)
    return parameter_size(function.info, found[0].name) if is_own else None


def left_out(given: Mapping[str, Expression]) -> frozenset[str]:
    """The parameters that are given as None, as if they were left out."""
    return frozenset(name for name, one in given.items() if getattr(one, "fullname", "") == "builtins.None")


def _is_default(callee: Expression) -> bool:
    node = callee.node if isinstance(callee, NameExpr) else None
    return isinstance(node, FuncDef) and is_defaulting(node)
