"""Buffers without a declared type: `self.register_buffer("pe", torch.zeros(1, n, d))` makes `self.pe` that tensor.

mypy finds no such attribute, and takes it for what `nn.Module.__getattr__` may give: a tensor or a module. In its tree
an assignment to the attribute is put behind the registration in the constructor; so mypy infers, keeps and forgets its
type like that of any other attribute. For an attribute that is declared as a mere tensor it is an assignment to another
attribute, of a name of ours (see `_held`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Context,
    Decorator,
    Expression,
    ExpressionStmt,
    FuncDef,
    MemberExpr,
    NameExpr,
    OverloadedFuncDef,
    Statement,
    StrExpr,
    TypeInfo,
)
from mypy.types import AnyType, Instance, NoneType, Type, get_proper_type

from neuraltypes_mypy.base._names import METADATA, MODULE
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.modules._held import declared_tensors, gives_value, holder, is_holder
from neuraltypes_mypy.source._inserted import mark_of, marking
from neuraltypes_mypy.source._statements import attribute_values, blocks, methods, statements, targets
from neuraltypes_mypy.tensors._tensor import as_tensor

_MARK: Final = "neuraltypes: buffer"
_REGISTRATIONS: Final = {"register_buffer": "tensor", "register_parameter": "param"}
# What each assignment's value stands for; it must not be checked a second time.
_registered: Final[dict[str, Expression]] = {}


def announce_buffers(cls: ClassDef) -> None:
    """Assign the attributes for which the constructor registers a tensor; doing it again changes nothing."""
    constructor = next((method for method in methods(cls.defs) if method.name == "__init__"), None)
    if constructor is None or not constructor.arguments or not cls.info.has_base(MODULE):
        return
    given = Counter(_given_names(constructor))
    held = {name: holder(cls.info, name) for name in declared_tensors(cls, constructor) if given[name] == 1}
    known = _names_known(cls) - held.keys()
    for block in list(blocks(constructor.body)):
        _announce(block, constructor, known, held)


def _given_names(constructor: FuncDef) -> Iterator[str]:
    """The attributes that a constructor gives values, each as often as it does."""
    yield from registered_names(constructor)
    for name, value in attribute_values(constructor):
        if not is_registered(value) and (value is None or gives_value(value)):
            yield name


def _names_known(cls: ClassDef) -> set[str]:
    """The attributes that mypy finds without this: those of the class body, of other methods and of base classes."""
    in_body = {target.name for statement in cls.defs.body for target in targets(statement)}
    in_methods = {
        name for method in methods(cls.defs) for name, value in attribute_values(method) if not is_registered(value)
    }
    inherited = {name for base in cls.info.mro[1:] for name, symbol in base.names.items() if not _is_ours(base, name)}
    return in_body | in_methods | inherited | {method.name for method in methods(cls.defs)}


def _is_ours(base: TypeInfo, name: str) -> bool:
    return name in base.metadata.get(METADATA, {}).get("buffers", ())


def _announce(block: Block, constructor: FuncDef, known: set[str], held: Mapping[str, str]) -> None:
    """Put the assignments into a block; `held` has attributes of ours for those that are declared."""
    owner = constructor.arguments[0].variable.name
    for place in range(len(block.body) - 1, -1, -1):
        found = _registration(block.body[place], owner) or _declared_value(block.body[place], owner, held)
        behind = block.body[place + 1] if place + 1 < len(block.body) else None
        if found is not None and found[0] not in known and not _is_announced(behind):
            name, value = found
            block.body.insert(place + 1, _assignment(held.get(name, name), value, constructor))


def _declared_value(statement: Statement, owner: str, declared: Container[str]) -> tuple[str, Expression] | None:
    """The name and the value that a statement gives to one of the attributes that are declared."""
    match statement:
        case AssignmentStmt(lvalues=[MemberExpr(expr=NameExpr(name=name)) as target], rvalue=value):
            is_meant = name == owner and target.name in declared and gives_value(value)
            return (target.name, value) if is_meant else None
        case _:
            return None


def _registration(statement: Statement, owner: str) -> tuple[str, Expression] | None:
    """The name and the tensor that a statement registers; None where it is no such statement, or there is no tensor."""
    match statement:
        case ExpressionStmt(expr=CallExpr(callee=MemberExpr(expr=NameExpr(name=name)) as callee) as call):
            keyword = _REGISTRATIONS.get(callee.name) if name == owner else None
        case _:
            return None
    if keyword is None or any(kind not in (ARG_POS, ARG_NAMED) for kind in call.arg_kinds):
        return None
    given = {label or ("name", keyword, "persistent")[at]: call.args[at] for at, label in enumerate(call.arg_names[:3])}
    label, value = given.get("name"), given.get(keyword)
    return (label.value, value) if isinstance(label, StrExpr) and value is not None and gives_value(value) else None


def _assignment(name: str, value: Expression, constructor: FuncDef) -> AssignmentStmt:
    mark = f"{_MARK} {len(_registered)}"
    _registered[mark] = value
    owner = NameExpr(constructor.arguments[0].variable.name)
    target = MemberExpr(owner, name)
    statement = AssignmentStmt([target], marking(mark, value).expr)
    for node in (owner, target, statement):
        node.set_line(value)
    return statement


def _is_announced(statement: Statement | None) -> bool:
    return isinstance(statement, AssignmentStmt) and is_registered(statement.rvalue)


def is_registered(value: Context | None) -> bool:
    """Whether the value of an assignment is one that was put in here."""
    return mark_of(value) in _registered


def announced_names(constructor: FuncDef) -> list[str]:
    """The attributes that were put in here; not those that stand for one that is declared."""
    return sorted(
        {name for name, value in attribute_values(constructor) if is_registered(value) and not is_holder(name)}
    )


def registered_names(method: FuncDef) -> list[str]:
    """The attributes that a method registers, each as often as it does."""
    owner = method.arguments[0].variable.name if method.arguments else ""
    found = [_registration(statement, owner) for statement in statements(method.body)]
    return [one[0] for one in found if one is not None]


def is_buffer(info: TypeInfo, name: str) -> bool:
    """Whether an attribute is one that was put in here."""
    return any(_is_ours(base, name) for base in info.mro)


def registered_type(call: CallExpr, tensor: Instance, api: Any) -> Type:
    """The type of what was registered, as far as it is a tensor."""
    value = _registered.get(mark_of(call) or "")
    known: Type | None = None if value is None else api.lookup_type_or_none(value)
    items = [] if known is None else options_of(known)
    found = [item for item in items if not isinstance(item, NoneType)]
    return found[0] if len(found) == 1 and as_tensor(found[0]) is not None else tensor


def is_definition(place: Context) -> bool:
    """Whether an attribute is read where a subclass defines one of that name: mypy compares the two."""
    if isinstance(place, MemberExpr):
        return place.is_inferred_def
    return isinstance(place, FuncDef | Decorator | OverloadedFuncDef | NameExpr)


def seen_by_a_cast(api: Any) -> bool:
    """Whether an expression stands in a `cast`, which without this says something new."""
    wanted: Type | None = api.type_context[-1]
    return isinstance(get_proper_type(wanted), AnyType)
