"""What attributes of torch's modules hold: weights in the sizes that a module was made with, and those sizes.

Assigning a weight stays as open as torch leaves it, for models are changed so (`conv.weight = nn.Parameter(...)`). What
is reported is a weight that two layers are to share and that is transposed, or of another number, for one of them.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import AssignmentStmt, Block, Expression, FuncDef, MemberExpr, NameExpr, TypeInfo, Var
from mypy.plugin import AttributeContext
from mypy.types import AnyType, Instance, NoneType, Type, UnionType, get_proper_type

from neuraltypes._sizes import Size
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.base._types import kept_with
from neuraltypes_mypy.operations._torch_modules import TorchModules
from neuraltypes_mypy.sizes._class_sizes import assigns
from neuraltypes_mypy.sizes._made_with import PREFIX
from neuraltypes_mypy.sizes._steady import is_self
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._atoms import size_of_atom
from neuraltypes_mypy.tensors._members import made_at
from neuraltypes_mypy.tensors._sized_ints import is_int, sized_int
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor
from neuraltypes_mypy.tensors._types import KnownTypes

_DATA: Final = "data"


class Weights:
    """Types the attributes of torch's modules, for one run of mypy."""

    def __init__(self, types: KnownTypes, modules: TorchModules) -> None:
        self._types = types
        self._modules = modules

    def attribute(self, ctx: AttributeContext) -> Type:
        """`linear.weight`, `linear.in_features`."""
        module, context = ctx.type, ctx.context
        if not isinstance(module, Instance) or not isinstance(context, MemberExpr):
            return ctx.default_attr_type
        if ctx.is_lvalue:
            self._assigned(module, context, ctx.api)
            return ctx.default_attr_type
        if is_int(ctx.default_attr_type):
            return self._size(module, context.name) or ctx.default_attr_type
        held = self._modules.held(module, context.name, context, ctx.api)
        return ctx.default_attr_type if held is None else _with_shape(ctx.default_attr_type, held)

    def _size(self, module: Instance, name: str) -> Type | None:
        kept = kept_with(module).get(PREFIX + name)
        is_own = any(assigns(base, name) for base in module.type.mro)
        size = None if kept is None or is_own else size_of_atom(get_proper_type(kept))
        return None if size is None else sized_int(size, self._types.int_type)

    def _assigned(self, module: Instance, target: MemberExpr, api: Any) -> None:
        """`self.head.weight = self.embedding.weight`: of the shape that the module was made for."""
        value = _assigned_value(target, api)
        held = None if value is None else self._modules.held(module, target.name, target, api)
        given = None if value is None else as_tensor(api.get_expression_type(value))
        if held is None or given is None or value is None:
            return
        wanted, got = _sizes(read_tensor(held).shape), _sizes(read_tensor(given).shape)
        if wanted is None or got is None or wanted == got:
            return
        if _is_shared(value) and _cannot_be(wanted, got):
            shapes = [format_shape(tuple(map(SizedAxis, sizes))) for sizes in (wanted, got)]
            text = (
                f'"{target.name}" of "{module.type.name}" has shape "{shapes[0]}", but is assigned one of "{shapes[1]}"'
            )
            api.fail(text, target, code=codes.SHAPE)
            place = made_at(module)
            if place is not None:
                api.note(f'"{module.type.name}" was made at {place}', target, code=codes.SHAPE)
        else:
            _forget(target.expr, module, api)


def _with_shape(declared: Type, held: Instance) -> Type:
    """A declared type whose tensors have the shape of another."""
    proper = get_proper_type(declared)
    if isinstance(proper, AnyType):
        return held
    if isinstance(proper, UnionType):
        return UnionType.make_union([_with_shape(item, held) for item in proper.items])
    if isinstance(proper, NoneType) or as_tensor(proper) is None or not isinstance(proper, Instance):
        return declared
    return proper.copy_modified(args=held.args) if len(proper.args) == len(held.args) else declared


def _sizes(shape: Shape | None) -> list[Size] | None:
    """The sizes of a shape of which all are known."""
    found = [None if isinstance(axis, Rest) else axis.size for axis in shape or ()]
    sizes = [size for size in found if size is not None]
    return sizes if shape is not None and len(sizes) == len(found) else None


def _cannot_be(wanted: list[Size], got: list[Size]) -> bool:
    """Whether two shapes surely differ: by their numbers, or as the one is a transposition of the other.

    Two names may stand for one number where weights are shared, for only then are they.
    """
    if len(wanted) != len(got) or (sorted(map(str, wanted)) == sorted(map(str, got))):
        return True
    pairs = [(one.constant, other.constant) for one, other in zip(wanted, got, strict=True)]
    return any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _is_shared(value: Expression) -> bool:
    """Whether a value is a weight of another module as it is, not one made for this place."""
    return isinstance(value, MemberExpr) and value.name != _DATA


def _assigned_value(target: MemberExpr, api: Any) -> Expression | None:
    """What a target is assigned in the body that is checked now."""
    function = api.scope.current_function()
    body = function.body if isinstance(function, FuncDef) else Block(api.tree.defs)
    for statement in statements(body):
        if isinstance(statement, AssignmentStmt) and any(one is target for one in statement.lvalues):
            return statement.rvalue
    return None


def _forget(owner: Expression, module: Instance, api: Any) -> None:
    """From here on a variable holds a module that was changed after it was made."""
    variable = owner.node if isinstance(owner, NameExpr) else None
    if isinstance(owner, MemberExpr) and is_self(owner.expr, api):
        info: TypeInfo = api.scope.current_function().info
        variable = info.names[owner.name].node if owner.name in info.names else None
    if isinstance(variable, Var) and variable.is_inferred and isinstance(get_proper_type(variable.type), Instance):
        variable.type = Instance(module.type, module.args)
