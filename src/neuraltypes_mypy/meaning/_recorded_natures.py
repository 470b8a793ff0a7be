"""What functions return by the nature of the operations in their bodies, kept with their types.

mypy comes to the `return` statements of a function one after the other; before the last of them is checked, what all of
them hold is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from mypy.nodes import Expression, FuncDef, ReturnStmt
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from neuraltypes.rules._values import BY_LAYER, Produced
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.flow._made_records import Key, keys_of, made_record
from neuraltypes_mypy.meaning._kept_natures import (
    common_nature,
    has_parts,
    is_none_type,
    is_open,
    is_optional,
    is_silent,
    with_kept_parts,
    with_note,
)
from neuraltypes_mypy.modules._recipe_nodes import is_none
from neuraltypes_mypy.source._in_place_writes import writes_in_place
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._atoms import note_of
from neuraltypes_mypy.tensors._elements import is_produced, produced_of, produced_type
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown

# By the id of a function, whose type is another one once mypy has analyzed it again.
_read: Final[dict[int, tuple[FuncDef, Type | None]]] = {}


class Seen(Protocol):
    """What the source shows of expressions of which mypy knows nothing."""

    def nature(self, expression: Expression, api: Any) -> ProperType | None:
        """What an expression holds."""

    def field(self, expression: Expression, key: Key, api: Any) -> ProperType | None:
        """What a part of a record holds."""


def record_nature(expression: Expression, api: Any, seen: Seen) -> None:
    """Before the last `return` of a function: keep with its type what all of its returns hold."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef) or not is_followed(function):
        return
    signature = function.type
    returns = [one.expr for one in statements(function.body) if isinstance(one, ReturnStmt)]
    if returns[-1] is not expression or not isinstance(signature, CallableType):
        return
    if not is_silent(signature.ret_type) and not has_parts(signature.ret_type):
        return
    given = certain(type_of_returned(expression, signature.ret_type, api), expression, function, api)
    if api.current_node_deferred:  # perhaps since a moment ago
        return
    types = [*(None if one is None else _type_of(one, function, api) for one in returns[:-1]), given]
    pairs = zip(returns, types, strict=True)
    types = [_or_seen(type_, one, signature.ret_type, seen, api) for one, type_ in pairs]
    result = _with_natures(signature.ret_type, types, function)
    if has_parts(result):
        result = _with_parts(result, returns, seen, function, api)
    if api.current_node_deferred:
        return
    function.type = signature.copy_modified(ret_type=result)
    _read[id(function)] = function, function.type


def _or_seen(type_: Type | None, expression: Expression | None, declared: Type, seen: Seen, api: Any) -> Type | None:
    """What is returned, with what is seen of it where mypy does not know what it holds."""
    if expression is None:
        return type_
    several, result = get_proper_type(type_ or unknown()), get_proper_type(declared)
    if isinstance(result, TupleType):
        given = several.items if isinstance(several, TupleType) else []
        pairs = zip(given if len(given) == len(result.items) else result.items, result.items, strict=True)
        whole = [item if isinstance(get_proper_type(one), AnyType) else one for one, item in pairs]
        items = [_filled(one, seen.field(expression, at, api)) for at, one in enumerate(whole)]
        return result.copy_modified(items=items)
    tensor = as_tensor(declared) if as_tensor(several) is None else as_tensor(several)
    if tensor is None or not (isinstance(several, AnyType) or as_tensor(several) is not None):
        return type_
    filled = _filled(tensor, seen.nature(expression, api))
    return type_ if filled is tensor else filled


def _filled(type_: Type, element: ProperType | None) -> Type:
    """A tensor of which nothing says what it holds, with what is seen of it."""
    tensor = as_tensor(type_)
    if tensor is None or element is None or not is_open(tensor):
        return type_
    return tensor.copy_modified(args=[*tensor.args[:2], element])


# Records: of each part what all returns give


def _with_parts(declared: Type, returns: Sequence[Expression | None], seen: Seen, function: FuncDef, api: Any) -> Type:
    """A declared record with what all that is returned holds in each part."""
    some = [one for one in returns if one is not None and not is_none(one)]
    made = None if not some else made_record(some[-1], some[-1].line, function)
    found: dict[Key, str] = {}
    for key in keys_of(declared, made):
        nature = common_nature([seen.field(one, key, api) for one in some])
        if nature is not None:
            found[key] = note_of(still_held(nature, function)) or ""
    return with_kept_parts(declared, found)


def type_of_returned(expression: Expression, declared: Type, api: Any) -> Type:
    """The type of what is returned; mypy comes to it after us, and says then what is wrong with it."""
    with api.msg.filter_errors():
        found: Type = api.expr_checker.accept(expression, declared)
    return found


def is_followed(function: FuncDef) -> bool:
    """Whether what a function's returns hold is what a call of it gives."""
    if not isinstance(function.type, CallableType):
        return False
    if function.is_generator or function.is_coroutine or function.is_overload or function.is_property:
        return False
    # mypy checks the body once for each value of such a variable
    return not any(isinstance(one, TypeVarType) and one.values for one in function.type.variables)


def _type_of(expression: Expression, function: FuncDef, api: Any) -> Type | None:
    known = api.lookup_type_or_none(expression)
    return None if known is None else certain(known, expression, function, api)


def _with_natures(declared: Type, given: list[Type | None], function: FuncDef) -> Type:
    """A declared result with what all that is returned in its place holds."""
    result = get_proper_type(declared)
    if isinstance(result, TupleType):
        rows = [one.items if isinstance(one := get_proper_type(each), TupleType) else [] for each in given]
        whole = rows if all(len(row) == len(result.items) for row in rows) else [[None] * len(result.items)]
        columns: list[list[Type | None]] = [list(column) for column in zip(*whole, strict=True)]
        return result.copy_modified(
            items=[_with_natures(item, column, function) for item, column in zip(result.items, columns, strict=True)]
        )
    if isinstance(result, UnionType):
        some = [one for one in given if not isinstance(get_proper_type(one), NoneType)]
        items = [item if is_none_type(item) else _with_natures(item, some, function) for item in result.items]
        return UnionType.make_union(items) if is_optional(result) and some else declared
    if not isinstance(result, Instance) or not is_open(result):
        return declared
    nature = common_nature([nature_held(one) for one in given])
    return with_note(result, None if nature is None else note_of(still_held(nature, function)))


def still_held(nature: ProperType, function: FuncDef) -> ProperType:
    """What a tensor holds that a function has: what a layer gives may be written over, with positive numbers too."""
    element = produced_of(nature)
    if element is None or element.by != BY_LAYER or not writes_in_place(function):
        return nature
    return produced_type(Produced(element.name))


def nature_held(type_: Type | None) -> ProperType | None:
    """What a tensor holds by the nature of the operation that gave it."""
    tensor = None if type_ is None else as_tensor(type_)
    element = None if tensor is None else get_proper_type(tensor.args[2])
    return element if element is not None and is_produced(element) else None


def is_awaited(function: FuncDef) -> bool:
    """Whether mypy is to check a function early, and has not come to its last `return`."""
    known = _read.get(id(function))
    is_read = known is not None and known[0] is function and known[1] is function.type
    return function.def_or_infer_vars and not is_read
