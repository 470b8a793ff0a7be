"""Functions that give what they are given (`def f(x: T) -> T`), called where a tensor is wanted.

For a class without parameters mypy finds `T` by the arguments alone, for one with parameters by what is wanted as well.
A tensor has parameters through this plugin only: `d = max(n, 1)` where `d` held a tensor before must stay what it was.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.erasetype import erase_typevars
from mypy.nodes import Decorator, FuncDef, OverloadedFuncDef, SymbolNode, TypeInfo
from mypy.plugin import FunctionContext, FunctionSigContext
from mypy.types import CallableType, FunctionLike, Instance, ProperType, Type, TypeVarType, get_proper_type

from neuraltypes_mypy.calls._lambdas import forgotten, is_given_functions, opened
from neuraltypes_mypy.tensors._tensor import as_tensor
from neuraltypes_mypy.tensors._walk import replace

GENERIC_FUNCTIONS: Final = (
    *("builtins.max", "builtins.min", "builtins.next", "copy.copy", "copy.deepcopy"),
    *("_functools.reduce", "functools.reduce"),
)
GENERIC_OPERATIONS: Final = "einops.einops."


def gives_argument(node: SymbolNode | None) -> bool:
    """Whether a function returns a type variable, or is given functions that do."""
    if isinstance(node, Decorator):
        node = node.func if node.var.type is None else node.var
    type_: ProperType | None = get_proper_type(getattr(node, "type", None))
    if not isinstance(node, FuncDef | OverloadedFuncDef) or not isinstance(type_, FunctionLike):
        return False
    return any(
        isinstance(get_proper_type(item.ret_type), TypeVarType) or is_given_functions(item) for item in type_.items
    )


def unguided(ctx: FunctionSigContext) -> FunctionLike:
    """The signature, open for what lambdas give; what is wanted is forgotten where it is a tensor."""
    api: Any = ctx.api
    wanted = api.type_context[-1]
    is_variable = isinstance(get_proper_type(ctx.default_signature.ret_type), TypeVarType)
    if is_variable and wanted is not None and as_tensor(wanted) is not None:
        api.type_context[-1] = None
    return opened(ctx)


def takes_again(node: SymbolNode | None) -> bool:
    """Whether a generic class is given more of what it was made with: `Cache(x).update(y)`."""
    if not isinstance(node, TypeInfo) or not node.defn.type_vars:
        return False
    own = {variable.id for variable in node.defn.type_vars}
    methods = (symbol.node for name, symbol in node.names.items() if not name.startswith("__"))
    signatures = (method.type for method in methods if isinstance(method, FuncDef))
    taken = (type_ for one in signatures if isinstance(one, CallableType) for type_ in one.arg_types[1:])
    return any(isinstance(one, TypeVarType) and one.id in own for one in taken)


def made_open(ctx: FunctionContext) -> Type:
    """What a constructor gives, for tensors of any shape: to plain mypy they are all of one type."""
    made = get_proper_type(ctx.default_return_type)
    return (
        made.copy_modified(args=[replace(arg, forgotten) for arg in made.args]) if isinstance(made, Instance) else made
    )


def any_tensor(ctx: FunctionSigContext) -> CallableType:
    """The signature of `def f(x: T) -> T` for a tensor: without `T`, that would bind `x` to what the result must be."""
    signature = ctx.default_signature
    if not ctx.args or not ctx.args[0]:
        return signature
    first = ctx.args[0][0]
    chk: Any = ctx.api
    if as_tensor(chk.lookup_type_or_none(first) or chk.get_expression_type(first)) is None:
        return signature
    types = [erase_typevars(type_) for type_ in signature.arg_types]
    return signature.copy_modified(arg_types=types, ret_type=erase_typevars(signature.ret_type), variables=[])
