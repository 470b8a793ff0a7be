"""Types as the annotations that they could be written as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mypy.plugin import FunctionContext
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    NoneType,
    TupleType,
    Type,
    TypedDictType,
    TypeType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from neuraltypes._axes import format_axes
from neuraltypes._sizes import Size
from neuraltypes._unify import format_shape
from neuraltypes_mypy.annotations._expressions import Expressions
from neuraltypes_mypy.base._names import SIZE
from neuraltypes_mypy.tensors._elements import element_class, element_text
from neuraltypes_mypy.tensors._pairs import item_names
from neuraltypes_mypy.tensors._sized_ints import has_size, size_of_type
from neuraltypes_mypy.tensors._tensor import as_tensor, declared_axes, read_tensor


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
    """A type as an annotation; what no annotation says, as the sizes of numbers, in a comment behind it."""
    proper = get_proper_type(type_)
    if isinstance(proper, TupleType) and (names := item_names(proper)):
        fields = ", ".join(f"{name}: {_plain(item)}" for name, item in zip(names, proper.items, strict=True))
        return f"{_plain(proper)}  # {fields}"
    if isinstance(proper, TupleType) and proper.partial_fallback.type.fullname not in ("builtins.tuple", SIZE):
        return f"{_plain(proper)}  # {', '.join(map(_plain, proper.items))}"
    sizes = list(map(str, _sizes(proper)))
    said = f"sizes {', '.join(sizes)}" if len(sizes) > 1 else f"size {sizes[0]}" if sizes else ""
    return f"{_plain(proper)}  # {said}" if said else _plain(proper)


def _sizes(type_: Type) -> Iterator[Size]:
    """The sizes that numbers hold in a type, from left to right."""
    proper = get_proper_type(type_)
    size = size_of_type(proper) if has_size(proper) else None
    if size is not None:
        yield size
    elif isinstance(proper, TupleType):
        for item in proper.items:
            yield from _sizes(item)
    elif isinstance(proper, Instance) and as_tensor(proper) is None:
        for arg in proper.args:
            yield from _sizes(arg)


def _plain(type_: Type) -> str:
    proper = get_proper_type(type_)
    tensor = as_tensor(proper)
    match proper:
        case Instance() if tensor is not None:
            return annotation_text(tensor)
        case Instance() if proper.args and proper.type.fullname == "builtins.tuple":
            return f"tuple[{_plain(proper.args[0])}, ...]"
        case Instance() if proper.args:
            return f"{proper.type.name}[{', '.join(map(_plain, proper.args))}]"
        case TupleType() if proper.partial_fallback.type.fullname == "builtins.tuple":
            return f"tuple[{', '.join(map(_plain, proper.items)) or '()'}]"
        case TupleType():
            return proper.partial_fallback.type.name
        case TypedDictType():
            return proper.fallback.type.name
        case UnionType():
            return " | ".join(map(_plain, proper.items))
        case NoneType():
            return "None"
        case UninhabitedType():
            return "Never"
        case Instance():
            return proper.type.name
        case CallableType() if proper.is_type_obj():
            return f"type[{_plain(proper.ret_type)}]"
        case CallableType():
            return f"Callable[{_parameters(proper)}, {_plain(proper.ret_type)}]"
        case TypeType():
            return f"type[{_plain(proper.item)}]"
        case _:
            return str(proper)


def _parameters(function: CallableType) -> str:
    """The parameters of a function as `Callable` takes them: `...` where that cannot say them."""
    is_plain = all(kind.is_positional() and not kind.is_star() for kind in function.arg_kinds)
    return f"[{', '.join(map(_plain, function.arg_types))}]" if is_plain else "..."


def _text(tensor: Instance, shape: str | None) -> str:
    type_ = read_tensor(tensor)
    axes = "..." if shape is None else shape
    dtype = type_.dtype.type.name if isinstance(type_.dtype, Instance) else "Shaped"
    says_nothing = isinstance(type_.dtype, AnyType) and type_.shape is None
    array = "Tensor" if says_nothing else f'{dtype}[Tensor, "{axes}"]'
    has_element = element_class(type_.element) is not None
    return f"NeuralType[{array}, {element_text(type_.element)}]" if has_element else array
