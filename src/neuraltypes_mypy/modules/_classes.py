"""Classes as mypy meets them: what their constructors do with sizes, and whether a `forward` is keyword-only."""

from __future__ import annotations

from typing import Any

from mypy.nodes import ClassDef, FuncDef, MemberExpr, NameExpr, TypeInfo
from mypy.plugin import ClassDefContext

from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.base._names import METADATA, NEURAL_MODULE
from neuraltypes_mypy.modules._constructors import record_configuration
from neuraltypes_mypy.source._corrected import corrected_signature
from neuraltypes_mypy.source._statements import methods
from neuraltypes_mypy.tensors._elements import is_element, record_domain


def define_class(ctx: ClassDefContext) -> None:
    """Read a class, when its bases are known."""
    record_configuration(ctx.cls, ctx.api)
    _record_dtype(ctx.cls)
    if is_element(ctx.cls.info):
        record_domain(ctx.cls)
    if ctx.cls.fullname != NEURAL_MODULE and any(base.fullname == NEURAL_MODULE for base in ctx.cls.info.mro):
        for method in methods(ctx.cls.defs):
            if method.name == "forward" and not method.is_static:
                _require_keyword_only(method, ctx)


def is_dtype(info: TypeInfo) -> bool:
    """Whether a class is a project's own `jaxtyping.AbstractDtype`."""
    return bool(info.metadata.get(METADATA, {}).get("is_dtype"))


def _record_dtype(cls: ClassDef) -> None:
    """Keep with a class that it is a dtype; jaxtyping hides `AbstractDtype` from type checkers."""
    bases = [base for base in cls.base_type_exprs if isinstance(base, NameExpr | MemberExpr)]
    if any(base.name == "AbstractDtype" for base in bases) or any(map(is_dtype, cls.info.mro)):
        cls.info.metadata[METADATA] = {"is_dtype": True}


def _require_keyword_only(forward: FuncDef, ctx: ClassDefContext) -> None:
    positional = [
        argument for argument in forward.arguments[1:] if not (argument.kind.is_named() or argument.kind.is_star())
    ]
    stars = [
        argument
        for argument in forward.arguments[1:]
        if argument.kind.is_star() and not argument.kind.is_named(star=True)
    ]
    if not positional and not stars:
        return
    names = ", ".join(f'"{argument.variable.name}"' for argument in positional or stars)
    api: Any = ctx.api
    api.fail(
        f'"forward" of "{ctx.cls.name}" takes its inputs by keyword only, but {names} can be positional',
        forward,
        code=codes.KEYWORD_ONLY,
    )
    note = corrected_signature(forward, api.modules[ctx.cls.info.module_name].path)
    api.note(f"Write {note}", forward, code=codes.KEYWORD_ONLY)
