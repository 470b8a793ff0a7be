"""Types as the annotations that they could be written as."""

from __future__ import annotations

from typing import Any

from mypy.plugin import FunctionContext
from mypy.types import AnyType, Instance, NoneType, TupleType, Type, UnionType, get_proper_type

from neuraltypes._axes import format_axes
from neuraltypes._unify import format_shape
from neuraltypes_mypy._elements import element_class, element_text
from neuraltypes_mypy._expressions import Expressions
from neuraltypes_mypy._sized_ints import has_size, size_of_type
from neuraltypes_mypy._tensor import as_tensor, declared_axes, read_tensor


def annotation_text(tensor: Instance) -> str:
    """The annotation of a value's type: `NeuralType[Float[Tensor, "b t"], LogitsType]`."""
    shape = read_tensor(tensor).shape
    return _text(tensor, None if shape is None else format_shape(shape))


def declared_text(tensor: Instance) -> str:
    """A declared type as it was written."""
    axes = declared_axes(tensor)
    return _text(tensor, None if axes is None else format_axes(axes))


class Reveal:
    """`reveal` and `ensure`, for one run of mypy."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions

    def reveal(self, ctx: FunctionContext) -> Type:
        """`reveal(x)` says the type of `x` as an annotation."""
        if not ctx.arg_types or not ctx.arg_types[0]:
            return ctx.default_return_type
        given = ctx.arg_types[0][0]
        api: Any = ctx.api
        api.note(f"Revealed neural type is {type_text(given)}", ctx.context)
        return given

    def ensure(self, ctx: FunctionContext) -> Type:
        """`ensure(x, T)` is a `T`."""
        if len(ctx.args) != 2 or len(ctx.args[1]) != 1:
            return ctx.default_return_type
        stated = self._expressions.read(ctx.args[1][0], ctx.api)
        return ctx.default_return_type if stated is None else stated


def type_text(type_: Type) -> str:
    """A type as an annotation, sizes of numbers included."""
    proper = get_proper_type(type_)
    size = size_of_type(proper)
    if isinstance(proper, Instance) and has_size(proper) and size is not None:
        return f"int (size {size})"
    tensor = as_tensor(proper)
    match proper:
        case Instance() if tensor is not None:
            return annotation_text(tensor)
        case Instance() if proper.args and proper.type.fullname == "builtins.tuple":
            return f"tuple[{type_text(proper.args[0])}, ...]"
        case Instance() if proper.args:
            return f"{proper.type.name}[{', '.join(map(type_text, proper.args))}]"
        case TupleType() if proper.partial_fallback.type.fullname == "builtins.tuple":
            return f"tuple[{', '.join(map(type_text, proper.items)) or '()'}]"
        case TupleType():
            return f"{proper.partial_fallback.type.name}({', '.join(map(type_text, proper.items))})"
        case UnionType():
            return " | ".join(map(type_text, proper.items))
        case NoneType():
            return "None"
        case Instance():
            return proper.type.name
        case _:
            return str(proper)


def _text(tensor: Instance, shape: str | None) -> str:
    type_ = read_tensor(tensor)
    axes = "..." if shape is None else shape
    dtype = type_.dtype.type.name if isinstance(type_.dtype, Instance) else "Shaped"
    says_nothing = isinstance(type_.dtype, AnyType) and type_.shape is None
    array = "Tensor" if says_nothing else f'{dtype}[Tensor, "{axes}"]'
    has_element = element_class(type_.element) is not None
    return f"NeuralType[{array}, {element_text(type_.element)}]" if has_element else array
