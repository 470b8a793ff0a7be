"""Functions that are given a lambda which changes a shape: `reduce(lambda a, b: torch.cat([a, b]), tensors)`.

mypy finds the `T` of `Callable[[T, T], T]` by the other arguments, and holds the lambda to it. To plain mypy every
tensor is of one type; so where the lambda gives another shape than comes in, `T` is a tensor of any shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mypy.constraints import SUPERTYPE_OF, Constraint, infer_constraints
from mypy.expandtype import expand_type
from mypy.nodes import Expression, LambdaExpr, ListExpr, TupleExpr
from mypy.plugin import FunctionSigContext
from mypy.solve import solve_constraints
from mypy.subtypes import is_subtype
from mypy.types import CallableType, Instance, ProperType, Type, TypeVarId, TypeVarType, get_proper_type

from neuraltypes_mypy.base._names import TENSOR
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown
from neuraltypes_mypy.tensors._walk import replace, walk


def is_given_functions(signature: CallableType) -> bool:
    """Whether a signature has a parameter for functions that return one of its type variables."""
    return any(_returned(type_) is not None for formal in signature.arg_types for type_ in walk(formal))


def opened(ctx: FunctionSigContext) -> CallableType:
    """The signature, with a tensor of any shape for each type variable whose lambda gives another than it is given."""
    signature = ctx.default_signature
    if not any(map(_is_lambda, _flat(ctx.args))) or not is_given_functions(signature):
        return signature
    known = _solved(signature, ctx)
    changing = {
        id_: replace(type_, forgotten) for id_, type_ in known.items() if _is_changed(id_, known, signature, ctx)
    }
    if not changing:
        return signature
    left = [variable for variable in signature.variables if variable.id not in changing]
    return expand_type(signature.copy_modified(variables=left), changing)


def _solved(signature: CallableType, ctx: FunctionSigContext) -> dict[TypeVarId, Type]:
    """The type variables that the arguments other than lambdas make types of tensors whose shape is known."""
    chk: Any = ctx.api
    constraints: list[Constraint] = []
    for formal, given in zip(signature.arg_types, ctx.args, strict=True):
        for argument in given:
            if not _is_lambda(argument):
                with chk.msg.filter_errors():
                    constraints += infer_constraints(formal, chk.expr_checker.accept(argument), SUPERTYPE_OF)
    variables = list(signature.variables)
    solutions, _ = solve_constraints(variables, constraints)
    pairs = zip(variables, solutions, strict=True)
    return {variable.id: type_ for variable, type_ in pairs if type_ is not None and _has_known_tensor(type_)}


def _is_changed(id_: TypeVarId, known: dict[TypeVarId, Type], signature: CallableType, ctx: FunctionSigContext) -> bool:
    """Whether a lambda that is to return a type variable gives something else than that is known to be."""
    chk: Any = ctx.api
    for formal, given in zip(signature.arg_types, ctx.args, strict=True):
        wanted = [type_ for one in walk(formal) if (type_ := _returned(one)) is not None and type_[1] == id_]
        for argument in filter(_is_lambda, given if wanted else []):
            if not isinstance(argument, LambdaExpr):
                return True
            with chk.msg.filter_errors() as errors:
                expected = expand_type(wanted[0][0].copy_modified(ret_type=unknown()), known)
                found: Type = chk.expr_checker.accept(argument, expected)
            made = get_proper_type(found)
            result = made.ret_type if isinstance(made, CallableType) and not errors.has_new_errors() else None
            if result is None or not is_subtype(result, known[id_]):
                return True
    return False


def _returned(type_: Type) -> tuple[CallableType, TypeVarId] | None:
    proper = get_proper_type(type_)
    result = get_proper_type(proper.ret_type) if isinstance(proper, CallableType) else None
    return (proper, result.id) if isinstance(proper, CallableType) and isinstance(result, TypeVarType) else None


def _is_lambda(expression: Expression) -> bool:
    """Whether an argument is a lambda, or several of them in a display."""
    if isinstance(expression, ListExpr | TupleExpr):
        return any(map(_is_lambda, expression.items))
    return isinstance(expression, LambdaExpr)


def _flat(args: list[list[Expression]]) -> Iterator[Expression]:
    return (argument for given in args for argument in given)


def _has_known_tensor(type_: Type) -> bool:
    return any((tensor := as_tensor(one)) is not None and is_known(tensor) for one in walk(type_))


def forgotten(proper: ProperType) -> Type | None:
    """A tensor of any shape, in place of one whose shape is known."""
    if isinstance(proper, Instance) and proper.type.fullname == TENSOR:
        return proper.copy_modified(args=[unknown() for _ in proper.args])
    return None
