"""Attributes that a class declares as mere tensors, and that its constructor gives one value: they hold that.

`mask: Tensor` in a class body, with `self.register_buffer("mask", torch.ones(n, n).tril())` in the constructor, says to
mypy that `self.mask` is any tensor. Behind what gives the value `_buffers` assigns it to an attribute of a
name of ours; what mypy infers of that is what the declared one holds, unless something else assigns it, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Context,
    Expression,
    FuncDef,
    MemberExpr,
    NameExpr,
    StrExpr,
    TempNode,
    TypeInfo,
    Var,
)
from mypy.plugin import AttributeContext
from mypy.server.subexpr import get_subexpressions
from mypy.types import Instance, Type, UnboundType, UnionType, get_proper_type

from neuraltypes._unify import SizedAxis
from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.base._names import GENERIC_TENSORS
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.rules._definitions import is_foreign
from neuraltypes_mypy.sizes._class_sizes import assigns, kept_of
from neuraltypes_mypy.sizes._values import Values
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.source._statements import methods, statements
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, read_tensor

_HOLDER: Final = "__neuraltypes_holds_"
_TENSORS: Final = {name.rpartition(".")[2] for name in GENERIC_TENSORS}


def holder(info: TypeInfo, name: str) -> str:
    """The attribute of which mypy infers what a class gives to a declared one; no subclass has one of that name."""
    return f"{_HOLDER}{info.fullname.replace('.', '_')}_{name}"


def is_holder(name: str) -> bool:
    """Whether an attribute is one of ours."""
    return name.startswith(_HOLDER)


def gives_value(value: Expression) -> bool:
    """Whether something is assigned: not `self.x: Tensor` alone, nor None."""
    is_none = isinstance(value, NameExpr) and value.name == "None"
    return not is_none and not isinstance(value, TempNode)


def declared_tensors(cls: ClassDef, constructor: FuncDef) -> set[str]:
    """The attributes that are declared as tensors of which no more is said: in a class, its bases, its constructor."""
    owner = constructor.arguments[0].variable.name
    in_body = {name for name, declared in _declared(cls.defs, None) if _says_tensor(declared)}
    in_constructor = {name for name, declared in _declared(constructor.body, owner) if _says_tensor(declared)}
    inherited = {name for base in cls.info.mro[1:] for name, symbol in base.names.items() if _is_declared(symbol.node)}
    return in_body | in_constructor | inherited


def _declared(body: Block, owner: str | None) -> Iterator[tuple[str, Type | None]]:
    """The names that a class body declares without a value, or the attributes of `self` that a constructor does."""
    for statement in statements(body):
        match statement:
            case AssignmentStmt(lvalues=[NameExpr(name=name)], rvalue=TempNode(), unanalyzed_type=declared):
                is_meant = owner is None
            case AssignmentStmt(lvalues=[MemberExpr(expr=NameExpr() as one, name=name)], unanalyzed_type=declared):
                is_meant = one.name == owner
            case _:
                continue
        if is_meant:
            yield name, declared


def _is_declared(node: object) -> bool:
    """Whether an attribute of a base class is such a one, as far as mypy has analyzed it."""
    is_meant = isinstance(node, Var) and not node.is_inferred and not is_foreign(node.fullname)
    return is_meant and isinstance(node, Var) and may_hold(node)


def _says_tensor(declared: Type | None) -> bool:
    """Whether an annotation, as it is written, is a tensor or one or None."""
    written = None if declared is None else get_proper_type(declared)
    if isinstance(written, UnionType):
        return any(map(_says_tensor, written.items))
    if not isinstance(written, UnboundType):
        return False
    name = written.name.rpartition(".")[2]
    return name in _TENSORS if not written.args else name == "Optional" and _says_tensor(written.args[0])


def held_names(
    cls: ClassDef, assigned: Sequence[tuple[str, Expression | None]], registered: Sequence[str]
) -> list[str]:
    """The declared attributes that have one value for good, of all that the methods assign and register."""
    counts = Counter(name for name, value in assigned if value is None or gives_value(value))
    counts.update(registered)
    once = [name for name, count in counts.items() if count == 1 and holder(cls.info, name) in counts]
    others = set(_set_by_name(cls)) if once else set()
    return sorted(name for name in once if name not in others and None not in others)


def _set_by_name(cls: ClassDef) -> Iterator[str | None]:
    """The attributes that methods set by `setattr`; None for a name that is not written there."""
    for method in methods(cls.defs):
        for one in get_subexpressions(method.body):
            if isinstance(one, CallExpr) and isinstance(one.callee, NameExpr) and one.callee.name == "setattr":
                label = one.args[1] if len(one.args) > 1 else None
                yield label.value if isinstance(label, StrExpr) else None


class Held:
    """Types the declared attributes that hold one value, for one run of mypy."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def attribute(self, ctx: AttributeContext) -> Type:
        """`self.mask`: what the constructor registers, as far as the declaration leaves it open."""
        receiver, context, default = ctx.type, ctx.context, ctx.default_attr_type
        api: Any = ctx.api
        if ctx.is_lvalue or not isinstance(receiver, Instance) or not isinstance(context, MemberExpr):
            return default
        variable = _variable(receiver.type, context.name, api)
        if variable is None or context.name in read_source(api.tree.path).assigned_from_outside:
            return default
        if variable.type is None:
            wait_for_attribute(variable, context, api)
            return default
        known = self._values.inferred_attribute(ctx._replace(default_attr_type=variable.type), False)
        tensor = as_tensor(known)
        return default if tensor is None or _is_placeholder(tensor) else _refined(default, tensor)


def may_hold(variable: Var) -> bool:
    """Whether an attribute is declared as a tensor of which nothing is said."""
    return variable.type is not None and any(map(_is_bare, options_of(variable.type)))


def _is_bare(type_: Type) -> bool:
    tensor = as_tensor(type_)
    return tensor is not None and not is_known(tensor)


def _variable(info: TypeInfo, name: str, api: Any) -> Var | None:
    """The attribute of ours that holds what a declared one does; None where there are several, or none."""
    for base in info.mro:
        if kept_of(base):
            depend_on(api, base.fullname, holder(base, name))
    owners = [base for base in info.mro if assigns(base, name) or assigns(base, holder(base, name))]
    if len(owners) != 1 or name not in kept_of(owners[0]).get("held", ()):
        return None
    symbol = owners[0].names.get(holder(owners[0], name))
    return symbol.node if symbol is not None and isinstance(symbol.node, Var) else None


def wait_for_attribute(variable: Var, context: Context, api: Any) -> None:
    """Put off what is checked now until mypy has come to the constructor that sets an attribute, if it ever will."""
    constructor = variable.info.names.get("__init__")
    node = None if constructor is None else constructor.node
    caller = api.scope.top_level_function()
    if not isinstance(node, FuncDef) or not isinstance(caller, FuncDef) or caller is node:
        return
    is_checked = api.options.check_untyped_defs or not node.is_dynamic()
    if is_checked and variable.info.module_name == api.tree.fullname and api.pass_num < api.last_pass:
        api.handle_cannot_determine_type(variable.name, context)


def _is_placeholder(tensor: Instance) -> bool:
    """Whether a tensor is empty: another is put there later."""
    shape = read_tensor(tensor).shape or ()
    return any(isinstance(one, SizedAxis) and one.size is not None and one.size.constant == 0 for one in shape)


def _refined(declared: Type, tensor: Instance) -> Type:
    proper = get_proper_type(declared)
    if isinstance(proper, UnionType):
        return UnionType.make_union([_refined(item, tensor) for item in proper.items])
    is_meant = isinstance(proper, Instance) and _is_bare(proper)
    return proper.copy_modified(args=tensor.args) if isinstance(proper, Instance) and is_meant else declared
