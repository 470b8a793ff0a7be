"""Tensor types: what mypy's `Tensor[dtype, shape, element]` says, read and built.

`torch.Tensor` is made generic over three covariant variables. The shape is a tuple type with one item for each axis
(see `_atoms`), `*tuple[Any, ...]` where any number of axes may stand. `Any` is unknown, everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, TypeGuard

from mypy.erasetype import erase_typevars
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import COVARIANT, FuncDef, SymbolTableNode, TypeInfo, Var
from mypy.subtypes import is_subtype
from mypy.typeops import callable_type
from mypy.types import (
    AnyType,
    Instance,
    ProperType,
    TupleType,
    Type,
    TypeOfAny,
    TypeVarId,
    TypeVarLikeType,
    TypeVarType,
    UnpackType,
    get_proper_type,
)

from neuraltypes._axes import AnonymousAxis, Axes, Axis, VariadicAxis, format_axes, parse_axis
from neuraltypes._errors import AnnotationError
from neuraltypes._sizes import Size
from neuraltypes._unify import Rest, Shape, SizedAxis, axes_of
from neuraltypes.kinds import AxisKind, kinds_of
from neuraltypes_mypy.base._names import DTYPES_MODULE, GENERIC_TENSORS, TENSOR
from neuraltypes_mypy.tensors._atoms import atom, note_of, noted_any, size_of_identity, size_of_text, size_text

Lookup: TypeAlias = Callable[[str], SymbolTableNode | None]

_OPEN: Final = "shape "
# How an axis is written, the identity of its size, whether it is any number of axes.
_Written: TypeAlias = tuple[str | None, str | None, bool]

_VARIABLES: Final = ("dtype", "shape", "element")
_MAX_KEPT: Final = 4096
# By the id of a shape's type: itself, and what it says. One is read by every operation that takes the tensor.
_read: Final[dict[int, tuple[TupleType, Shape]]] = {}
# The type of a shape, as long as mypy's `int` and `tuple` are the same.
_wrote: Final[dict[Shape, tuple[Instance, Instance, Type]]] = {}


def unknown() -> AnyType:
    """The type of what is not known."""
    return AnyType(TypeOfAny.special_form)


def unknown_like(tensor: Instance) -> Instance:
    """The type of a tensor of the same class, of which nothing is known."""
    return tensor.copy_modified(args=[unknown() for _ in tensor.args])


def untold() -> AnyType:
    """A value of which mypy knows nothing: unlike a part of a type, it does not let mypy settle on an overload."""
    return AnyType(TypeOfAny.unannotated)


def make_generic(info: TypeInfo, object_type: Instance) -> None:
    """Give `torch.Tensor`, or a class like it, its three type variables; doing it again changes nothing."""
    if info.type_vars:
        return
    name_space = info.fullname
    variables: list[TypeVarLikeType] = [
        TypeVarType(
            name,
            f"{name_space}.{name}",
            TypeVarId(number, namespace=name_space),
            [],
            object_type,
            unknown(),
            COVARIANT,
        )
        for number, name in enumerate(_VARIABLES, 1)
    ]
    info.defn.type_vars = variables
    info.type_vars = []
    info.add_type_vars()
    info.bases = [
        base.copy_modified(args=list(variables)) if base.type.fullname == TENSOR else base for base in info.bases
    ]


def type_untyped_methods(info: TypeInfo, function: Instance) -> None:
    """Take the methods of `torch.Tensor` that have no annotations for typed by `Any`.

    Calls of modules give tensors with this plugin, where they gave `Any`; with `disallow_untyped_calls` each
    `loss.backward()` would become an error.
    """
    for symbol in info.names.values():
        node = symbol.node
        if isinstance(node, FuncDef) and node.type is None:
            node.type = callable_type(node, function).copy_modified(implicit=False)


def as_tensor(type_: Type) -> Instance | None:
    """The tensor type that a type is, as an instance of `Tensor` itself (`Parameter` is one); None when it is none."""
    proper = get_proper_type(type_)
    if not isinstance(proper, Instance):
        return None
    if proper.type.fullname == TENSOR:
        return proper if len(proper.args) == len(_VARIABLES) else None
    if not proper.type.has_base(TENSOR):
        return None
    for base in proper.type.mro:
        if base.fullname == TENSOR:
            mapped = map_instance_to_supertype(proper, base)
            return mapped if len(mapped.args) == len(_VARIABLES) else None
    return None


def is_tensor(type_: ProperType) -> TypeGuard[Instance]:
    """Whether a type is that of a tensor itself, or of a parameter or buffer, which are generic like it."""
    return isinstance(type_, Instance) and type_.type.fullname in GENERIC_TENSORS


def is_known(tensor: Instance) -> bool:
    """Whether anything is known of a tensor type."""
    for arg in tensor.args:
        proper = get_proper_type(arg)
        if not isinstance(proper, AnyType) or _is_open(proper):
            return True
    return False


def _is_open(type_: ProperType) -> bool:
    return (note_of(type_) or "").startswith(_OPEN)


def open_class_variables(info: TypeInfo) -> bool:
    """Let `Tensor.__rtruediv__` be read from the class; whether all of its variables have a type by now.

    mypy refuses that where the type mentions variables of the class, which this class has by the plugin only.
    """
    nodes = [symbol.node for symbol in info.names.values() if isinstance(symbol.node, Var)]
    for node in nodes:
        if node.type is not None:
            node.type = erase_typevars(node.type, {variable.id for variable in info.defn.type_vars})
    return all(node.type is not None for node in nodes)


class TensorType(NamedTuple):
    """What a tensor type says: a dtype and an element as mypy's types (`Any` where unknown), and the shape."""

    dtype: ProperType
    shape: Shape | None
    element: ProperType


def read_tensor(tensor: Instance) -> TensorType:
    """What a tensor type says of a value."""
    dtype, shape, element = map(get_proper_type, tensor.args)
    return TensorType(_told(dtype), _read_shape(shape), _told(element))


def _told(type_: ProperType) -> ProperType:
    """A dtype or an element; `object`, what mypy joins several to, says nothing."""
    return unknown() if isinstance(type_, Instance) and type_.type.fullname == "builtins.object" else type_


def declared_axes(tensor: Instance, mark: str = "") -> Axes | None:
    """The axes of a declared tensor type, in the grammar that they were written in; None when there are none.

    `mark` is left out where the notes of what is written begin with it.
    """
    shape = get_proper_type(tensor.args[1])
    if not isinstance(shape, TupleType):
        return None
    return _axes_written(tuple(map(_written, shape.items)), mark)


def shape_type(items: list[Type], tuple_type: Instance) -> TupleType:
    """The type of a shape from those of its axes."""
    return TupleType(items, tuple_type)


def written_axis(axis: Axis, size: Size | None, int_type: Instance, tuple_type: Instance) -> Type:
    """The type of a declared axis: an atom where its size is known, else a note of how it is written."""
    if isinstance(axis, VariadicAxis):
        return UnpackType(tuple_type.copy_modified(args=[noted_any(format_axes((axis,)))]))
    if size is not None and not getattr(axis, "broadcastable", False):
        return atom(size, format_axes((axis,)), int_type)
    if isinstance(axis, AnonymousAxis) and axis.label is None:
        return unknown()
    return noted_any(format_axes((axis,)))


def write_shape(shape: Shape, int_type: Instance, tuple_type: Instance) -> Type:
    """The type of a value's shape.

    Where its number of axes is open, mypy's tuples would fit nothing that is declared with a number: then it is unknown
    to mypy, with a note of what is known for the plugin.
    """
    known = _wrote.get(shape)
    if known is None or known[0] is not int_type or known[1] is not tuple_type:
        if len(_wrote) >= _MAX_KEPT:
            _wrote.clear()
        known = _wrote[shape] = int_type, tuple_type, _write_shape(shape, int_type, tuple_type)
    return known[2]


def _write_shape(shape: Shape, int_type: Instance, tuple_type: Instance) -> Type:
    if any(isinstance(axis, Rest) and axis.name is None for axis in shape):
        return noted_any(_OPEN + "|".join(map(_axis_text, shape)))
    items: list[Type] = []
    for axis, written in zip(shape, axes_of(shape), strict=True):
        size = axis.size if isinstance(axis, SizedAxis) else None
        items.append(written_axis(written, size, int_type, tuple_type))
    return shape_type(items, tuple_type)


def _axis_text(axis: SizedAxis | Rest) -> str:
    if isinstance(axis, Rest):
        return "*"
    return f"{axis.label or ''}={'' if axis.size is None else size_text(axis.size)}"


@lru_cache(maxsize=4096)
def _open_shape(text: str) -> Shape:
    axes: list[SizedAxis | Rest] = []
    for item in text.removeprefix(_OPEN).split("|"):
        label, is_sized, size = item.partition("=")
        axes.append(SizedAxis(size_of_text(size) if size else None, label or None) if is_sized else Rest())
    return tuple(axes)


def shape_of_like(left: Instance, right: Instance, shape: Shape) -> Type:
    """The type of a shape whose axes are, where they are known, those of two tensors."""
    one, other = get_proper_type(left.args[1]), get_proper_type(right.args[1])
    if not isinstance(one, TupleType) or not isinstance(other, TupleType):
        return unknown()
    return one.copy_modified(items=[_kept(axis, item) for axis, item in zip(shape, one.items, strict=True)])


def _kept(axis: SizedAxis | Rest, item: Type) -> Type:
    if isinstance(axis, Rest) or axis.size is not None:
        return item
    return noted_any(f"{axis.label}=_") if axis.label else unknown()


def _written(item: Type) -> _Written:
    """How one axis is written (None: `_`, or `...`), the identity of its size, and whether it is any number of axes."""
    proper = get_proper_type(item)
    if isinstance(proper, TypeVarType):
        return proper.name, proper.fullname, False
    if isinstance(proper, UnpackType):
        inner = get_proper_type(proper.type)
        note = note_of(get_proper_type(inner.args[0])) if isinstance(inner, Instance) and inner.args else None
        return note, None, True
    return note_of(proper), None, False


@lru_cache(maxsize=8192)
def _axes_written(written: tuple[_Written, ...], mark: str = "") -> Axes:
    return tuple(
        _parsed(text and text.removeprefix(mark), VariadicAxis() if is_variadic else AnonymousAxis())
        for text, _, is_variadic in written
    )


def _parsed(text: str | None, fallback: Axis) -> Axis:
    if text is None:
        return fallback
    try:
        return parse_axis(text)
    except AnnotationError:
        return fallback


def _read_shape(type_: ProperType) -> Shape | None:
    if not isinstance(type_, TupleType):
        note = note_of(type_) or ""
        return _open_shape(note) if note.startswith(_OPEN) else None
    known = _read.get(id(type_))
    if known is None or known[0] is not type_:
        if len(_read) >= _MAX_KEPT:
            _read.clear()
        known = _read[id(type_)] = type_, _shape_written(tuple(map(_written, type_.items)))
    return known[1]


@lru_cache(maxsize=8192)
def _shape_written(written: tuple[_Written, ...]) -> Shape:
    declared = _axes_written(written)
    sizes = (None if identity is None else size_of_identity(identity) for _, identity, _ in written)
    return tuple(map(_axis_of_value, declared, sizes, kinds_of(declared)))


def _axis_of_value(declared: Axis, size: Size | None, kind: AxisKind | None) -> SizedAxis | Rest:
    if isinstance(declared, VariadicAxis):
        return Rest(None if declared.broadcastable else declared.name)
    return SizedAxis(size, declared.label or (kind.name if kind is not None and size is None else None))


def dtype_class(name: str) -> str:
    """The full name of the class that stands for a dtype."""
    return f"{DTYPES_MODULE}.{name}"


def dtype_fits(expected: ProperType, given: ProperType) -> bool:
    """Whether one dtype is among those of another; the unknown fits."""
    if isinstance(expected, AnyType) or isinstance(given, AnyType):
        return True
    return is_subtype(given, expected)
