"""Narrowing: what a check in the source says about a tensor from there on.

mypy narrows by `isinstance` itself, once it knows what the annotation stands for. For comparisons of `x.ndim` and
`x.shape` it has no hook; there an `assert` of the same condition is put at the start of the branch that it rules, in
mypy's tree alone, and an `assert` is followed by telling mypy's binder.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.literals import literal_hash
from mypy.nodes import (
    AssertStmt,
    AssignmentStmt,
    Block,
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    FuncDef,
    IfStmt,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    StarExpr,
    TupleExpr,
    Var,
)
from mypy.plugin import AttributeContext, FunctionContext, FunctionSigContext, MethodContext
from mypy.types import FunctionLike, Instance, Type, TypeType, UnionType, get_proper_type

from neuraltypes._sizes import Size
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes_mypy.annotations._expressions import Expressions
from neuraltypes_mypy.annotations._results import is_entering
from neuraltypes_mypy.calls._assertions import insert_assert, ruling_statement
from neuraltypes_mypy.calls._otherwise import Otherwise, is_otherwise
from neuraltypes_mypy.calls._shape_tests import is_ndim, of_ndim, subject_of, with_ndim, with_size
from neuraltypes_mypy.flow._identity import is_identity
from neuraltypes_mypy.flow._open_uses import is_open_use
from neuraltypes_mypy.flow._settle import Settling
from neuraltypes_mypy.flow._settling_calls import is_settling
from neuraltypes_mypy.modules._buffers import is_registered
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.sizes._values import axis_at
from neuraltypes_mypy.source._returns import is_early, is_returning
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.source._unasked import is_asking
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._seen_attributes import has_more
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor, unknown, untold, write_shape
from neuraltypes_mypy.tensors._types import KnownTypes

COMPARISONS = frozenset(
    f"{owner}.{method}"
    for owner in ("builtins.int", "torch._C.Size", "builtins.tuple")
    for method in ("__eq__", "__ne__")
)
# The calls that the plugin puts into mypy's tree.
_OURS: Final = (
    *(is_settling, is_asking, is_entering, is_identity, is_returning),
    *(is_early, is_registered, is_otherwise, is_open_use),
)


class Narrowing:
    """Follows checks in the source, for one run of mypy."""

    def __init__(self, types: KnownTypes, expressions: Expressions, settling: Settling) -> None:
        self._types = types
        self._settling = settling
        self._expressions = expressions
        self._otherwise = Otherwise()

    def isinstance_signature(self, ctx: FunctionSigContext) -> FunctionLike:
        """`isinstance(x, Float[Tensor, "b t"])` is no mistake."""
        if any(is_ours(ctx.context) for is_ours in _OURS):
            return ctx.default_signature.copy_modified(arg_types=[unknown(), unknown()])
        if len(ctx.args) == 2 and len(ctx.args[1]) == 1 and self._tensor_of(ctx.args[1][0], ctx.api) is not None:
            return ctx.default_signature.copy_modified(arg_types=[ctx.default_signature.arg_types[0], unknown()])
        return ctx.default_signature

    def isinstance_called(self, ctx: FunctionContext) -> Type:
        """After it, mypy knows the annotation as a class to narrow by."""
        if is_settling(ctx.context):
            return self._settling.settle(ctx)
        if is_otherwise(ctx.context) and isinstance(ctx.context, CallExpr):
            self._otherwise.narrow(ctx.context, ctx.api)
            return ctx.default_return_type
        if len(ctx.args) == 2 and len(ctx.args[1]) == 1:
            expression = ctx.args[1][0]
            tensor = self._tensor_of(expression, ctx.api)
            if tensor is not None:
                api: Any = ctx.api
                if isinstance(ctx.context, CallExpr):
                    self._otherwise.follow(ctx.context, tensor, api)
                api.store_type(expression, TypeType(tensor))
        return ctx.default_return_type

    def _tensor_of(self, expression: Expression, api: Any) -> Instance | None:
        if not isinstance(expression, IndexExpr | NameExpr | MemberExpr):
            return None
        if isinstance(expression, NameExpr | MemberExpr) and not hasattr(expression.node, "target"):
            return None
        type_ = self._expressions.read(expression, api)
        return None if type_ is None else as_tensor(type_)

    def compared(self, ctx: MethodContext) -> Type:
        """`x.ndim == 3`, `x.shape == (b, t)`, `x.shape[0] == b`."""
        comparison = ctx.context
        api: Any = ctx.api
        if not isinstance(comparison, ComparisonExpr) or len(comparison.operators) != 1:
            return ctx.default_return_type
        left, right = comparison.operands
        subject = subject_of(left) or subject_of(right)
        if subject is not None and comparison.operators[0] in ("==", "!="):
            self._follow(comparison, left, right, api)
        return ctx.default_return_type

    def unpacked(self, ctx: AttributeContext | MethodContext) -> None:
        """`b, t, c = x.shape` goes on only where `x` has three axes."""
        api: Any = ctx.api
        expression = ctx.context
        subject = expression.callee if isinstance(expression, CallExpr) else expression
        tensor = as_tensor(ctx.type)
        if tensor is None or not isinstance(subject, MemberExpr) or literal_hash(subject.expr) is None:
            return
        count = _count_unpacked(expression, api)
        shape = None if count is None else with_ndim(read_tensor(tensor).shape, count)
        if shape is not None and as_tensor(api.lookup_type_or_none(subject.expr) or unknown()) is not None:
            self._put(subject.expr, tensor, shape, api)

    def _put(self, subject: Expression, tensor: Instance, shape: Shape, api: Any) -> None:
        known: Type | None = api.lookup_type_or_none(subject)
        held = get_proper_type(known)
        narrowed = held if isinstance(held, Instance) and as_tensor(held) is not None else tensor
        if len(narrowed.args) != len(tensor.args) or has_more(held):
            return  # a class of the project's own says nothing of shapes
        written = write_shape(shape, self._types.int_type, self._types.tuple_type)
        self._settling.instrument_current(api)
        api.binder.put(subject, narrowed.copy_modified(args=[tensor.args[0], written, tensor.args[2]]))

    def _follow(self, comparison: ComparisonExpr, left: Expression, right: Expression, api: Any) -> None:
        statement = ruling_statement(comparison, api)
        if isinstance(statement, AssertStmt) and comparison.operators[0] == "==":
            if subject_of(left) is None or subject_of(right) is None:
                self._learn(left, right, api)
                self._learn(right, left, api)
            elif self._says_less(left, right, api):  # where both are known, neither takes the other's names
                self._learn(left, right, api)
            elif self._says_less(right, left, api):
                self._learn(right, left, api)
        elif isinstance(statement, AssertStmt):
            self._rule_out(left, right, api)
            self._rule_out(right, left, api)
        elif isinstance(statement, IfStmt):
            insert_assert(statement, comparison, api)
        else:
            self._forget_options(subject_of(left) or subject_of(right), api)

    def _rule_out(self, expression: Expression, value: Expression, api: Any) -> None:
        """After `assert x.ndim != 3`, of what `x` may be all has another number of axes."""
        subject = subject_of(expression) if is_ndim(expression) else None
        is_named = subject is not None and literal_hash(subject) is not None
        type_: Type | None = api.lookup_type_or_none(subject) if is_named else None
        union = get_proper_type(type_)
        if subject is not None and isinstance(union, UnionType):
            self._choose(subject, union, size_of_expression(value, api), api, is_equal=False)

    def _choose(self, subject: Expression, union: Type, ndim: Size | None, api: Any, *, is_equal: bool) -> Type | None:
        """What a name that may hold several tensors holds, by their number of axes; None where that is nothing."""
        left = of_ndim(union, ndim, is_equal=is_equal)
        if left is not None:
            self._settling.instrument_current(api)
            api.binder.put(subject, left)
        return left

    def _forget_options(self, subject: Expression | None, api: Any) -> None:
        """`x.mean(1) if x.ndim == 3 else x`: which of several tensors `x` is, is known in a branch alone."""
        is_named = subject is not None and literal_hash(subject) is not None
        type_: Type | None = api.lookup_type_or_none(subject) if is_named else None
        union = get_proper_type(type_)
        tensor = join_tensors([union]) if isinstance(union, UnionType) else None
        if subject is not None and tensor is not None:
            self._settling.instrument_current(api)
            # mypy would take what several have in common for each of the declared ones again
            api.binder.put(subject, untold() if _is_one_of_several(subject) else tensor)

    def _says_less(self, expression: Expression, other: Expression, api: Any) -> bool:
        """Whether of one tensor less is known than of another."""
        known = [_count_known(subject_of(one), api) for one in (expression, other)]
        return known[0] < known[1]

    def _learn(self, expression: Expression, value: Expression, api: Any) -> None:
        subject = subject_of(expression)
        if subject is None or literal_hash(subject) is None:
            return
        type_: Type | None = api.lookup_type_or_none(subject)
        union = get_proper_type(type_)
        if is_ndim(expression) and isinstance(union, UnionType):
            type_ = self._choose(subject, union, size_of_expression(value, api), api, is_equal=True)
        tensor = None if type_ is None else join_tensors([type_])
        shape = None if tensor is None else self._shape_after(expression, value, read_tensor(tensor).shape, api)
        if tensor is not None and shape is not None:
            self._put(subject, tensor, shape, api)

    def _shape_after(self, expression: Expression, value: Expression, shape: Shape | None, api: Any) -> Shape | None:
        """The shape of a tensor once that expression of it has that value; None where nothing is learnt."""
        if is_ndim(expression):
            ndim = size_of_expression(value, api)
            if ndim is None or ndim.constant is None or not 0 <= ndim.constant <= 16:
                return None
            return with_ndim(shape, ndim.constant)
        if isinstance(expression, IndexExpr):
            dim = size_of_expression(expression.index, api)
        elif isinstance(expression, CallExpr):
            dim = size_of_expression(expression.args[0], api)
        else:
            return self._whole(value, shape, api)
        size = size_of_expression(value, api)
        if dim is None or dim.constant is None or size is None:
            return None
        known = None if shape is None else axis_at(shape, dim.constant)
        if known is not None and known.size is not None and size.symbol is None and size.constant is None:
            return None  # others may have its name; that the two are equal is for `_guards` to see
        return with_size(shape, dim.constant, SizedAxis(size))

    def _whole(self, value: Expression, shape: Shape | None, api: Any) -> Shape | None:
        other = subject_of(value)
        if other is not None:
            type_ = api.lookup_type_or_none(other)
            tensor = None if type_ is None else as_tensor(type_)
            return None if tensor is None else read_tensor(tensor).shape
        if not isinstance(value, TupleExpr):
            return None
        sizes = tuple(SizedAxis(size_of_expression(item, api)) for item in value.items)
        known = shape if shape is not None and len(shape) == len(sizes) else sizes
        return tuple(
            new if new.size is not None or isinstance(old, Rest) else old for new, old in zip(sizes, known, strict=True)
        )


def _is_one_of_several(subject: Expression) -> bool:
    """Whether a name is declared to hold one of several types."""
    variable = subject.node if isinstance(subject, NameExpr) else None
    return isinstance(variable, Var) and isinstance(get_proper_type(variable.type), UnionType)


def _count_known(subject: Expression | None, api: Any) -> int:
    """How many sizes of a tensor are known; -1 where not even its number of axes is."""
    type_ = None if subject is None else api.lookup_type_or_none(subject)
    tensor = None if type_ is None else as_tensor(type_)
    shape = None if tensor is None else read_tensor(tensor).shape
    if shape is None:
        return -1
    return sum(isinstance(axis, SizedAxis) and axis.size is not None for axis in shape)


def _count_unpacked(expression: Context, api: Any) -> int | None:
    """How many targets the assignment has whose value this is; None where it is no such assignment."""
    function = api.scope.current_function()
    body = function.body if isinstance(function, FuncDef) else Block(list(api.tree.defs))
    for statement in statements(body):
        if isinstance(statement, AssignmentStmt) and statement.rvalue is expression:
            counts = {_count(target) for target in statement.lvalues} - {None}
            return counts.pop() if len(counts) == 1 else None
    return None


def _count(target: Expression) -> int | None:
    if not isinstance(target, TupleExpr | ListExpr) or any(isinstance(item, StarExpr) for item in target.items):
        return None
    return len(target.items)
