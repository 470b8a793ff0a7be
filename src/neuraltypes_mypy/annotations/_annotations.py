"""Annotations: what stands in the source, as the types that mypy then checks with."""

from __future__ import annotations

import ast
from typing import Any, Final

from mypy.nodes import Context, Import, ImportFrom, MypyFile, TypeAlias, TypeInfo
from mypy.plugin import AnalyzeTypeContext
from mypy.server.trigger import make_trigger
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    PlaceholderType,
    ProperType,
    RawExpressionType,
    Type,
    UnboundType,
    UnionType,
    get_proper_type,
)

from neuraltypes._axes import Axes, parse_axes
from neuraltypes._dtypes import DTYPE_NAMES, dtype_from_name
from neuraltypes._errors import AnnotationError
from neuraltypes_mypy.annotations._element_arguments import ElementArguments
from neuraltypes_mypy.annotations._scopes import Scope, Scopes
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.base._names import ANNOTATED
from neuraltypes_mypy.source._origins import Origin, find_origin, names_annotation, triggers
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.tensors._tensor import declared_axes, dtype_class, is_tensor, shape_type, unknown, written_axis
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._walk import replace, walk

_ANY_EXPRESSION: Final = "typing.Any"  # what mypy takes an expression for that can be no type
_PACKAGES: Final = frozenset({"jaxtyping", "neuraltypes"})


class Annotations:
    """Reads annotations for one run of mypy."""

    def __init__(self, types: KnownTypes, scopes: Scopes) -> None:
        self._types = types
        self._scopes = scopes
        self._elements = ElementArguments(types, scopes)
        self._is_inside = False
        self._imports: dict[int, tuple[MypyFile, int, bool]] = {}

    def annotated(self, ctx: AnalyzeTypeContext) -> Type:
        """`Float[Tensor, "b t"]`, `NeuralType[..., LogitsType]`, and every other `Annotated`."""
        api: Any = ctx.api
        origin = self._origin(ctx.type.name, api)
        count = len(ctx.type.args)
        if origin.is_dtype:
            if count == 2:
                return self._array(ctx.type, origin.name, ctx)
            return self._refuse(f'{origin.name} takes a tensor type and its axes: {origin.name}[Tensor, "b t"]', ctx)
        if origin.is_neural_type and count != 2:
            usage = 'write NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]'
            return self._refuse(f"NeuralType takes a tensor type and one element, got {count} arguments; {usage}", ctx)
        if count >= 2:
            return self._with_metadata(ctx, is_neural_type=origin.is_neural_type)
        return api.try_analyze_special_unbound_type(ctx.type, "typing.Annotated")  # type: ignore[no-any-return]

    def _refuse(self, message: str, ctx: AnalyzeTypeContext) -> Type:
        """Report a malformed annotation, which then says no more than its first argument."""
        api: Any = ctx.api
        api.fail(message, ctx.context, code=codes.BAD_ANNOTATION)
        is_type = bool(ctx.type.args) and _text_of(ctx.type.args[0]) is None
        return self._analyze_inside(ctx.type.args[0], api) if is_type else unknown()

    def custom_dtype(self, ctx: AnalyzeTypeContext, info: TypeInfo) -> Type:
        """`Float8[Tensor, "b t"]` where `Float8` is a project's own `jaxtyping.AbstractDtype`."""
        api: Any = ctx.api
        api.api.add_plugin_dependency(make_trigger(info.fullname))
        if len(ctx.type.args) != 2:
            return unknown()
        return self._array(ctx.type, None, ctx)

    def bare_tensor(self, ctx: AnalyzeTypeContext, fullname: str) -> Type:
        """`Tensor` alone, or `nn.Parameter`: of unknown dtype, shape and element."""
        api: Any = ctx.api
        info = self._types.info(fullname)
        if info is None:
            return unknown()
        self._scopes.announce(ctx.type, api)
        bare = Instance(info, [unknown()] * len(info.type_vars), ctx.type.line, ctx.type.column)
        return bare if self._is_inside else self._from_expression(bare, ctx.type, api)

    def alias(self, ctx: AnalyzeTypeContext, alias: TypeAlias) -> Type:
        """An alias of a tensor type, its axis names taken as if they were written where the alias is used."""
        api: Any = ctx.api
        api.aliases_used.add(alias.fullname)
        found = self.rescoped(alias.target, self._scopes.scope_of(ctx.type, ctx.api))
        return found if self._is_inside else self._from_expression(found, ctx.type, api)

    def rescoped(self, type_: Type, scope: Scope) -> Type:
        """A type with its axis names taken as those of a scope."""
        return replace(type_, lambda proper: self._rescoped(proper, scope))

    def _rescoped(self, proper: ProperType, scope: Scope) -> Type | None:
        if isinstance(proper, CallableType):
            return proper  # its names are its own
        if not is_tensor(proper):
            return None
        axes = declared_axes(proper)
        if axes is None:
            return proper
        self._scopes.bind(scope, axes)
        return proper.copy_modified(args=[proper.args[0], self._shape(axes, scope), proper.args[2]])

    def _origin(self, name: str, api: Any) -> Origin:
        module: MypyFile = api.api.modules[api.api.cur_mod_id]
        for trigger in triggers(name, module, api.api.modules):
            api.api.add_plugin_dependency(make_trigger(trigger))
        return find_origin(name, module, api.api.modules)

    def _array(self, written: UnboundType, dtype: str | None, ctx: AnalyzeTypeContext) -> Type:
        api: Any = ctx.api
        inner = self._analyze_inside(written.args[0], api)
        if isinstance(get_proper_type(inner), PlaceholderType):
            return inner
        text = _text_of(written.args[1])
        if text is None and _is_computed(written.args[1], api):
            return replace(inner, lambda proper: self._of_dtype(proper, dtype))
        if text is None:
            api.fail(
                f'The axes of "{written.name}" are a string such as "b t c"', ctx.context, code=codes.BAD_ANNOTATION
            )
            return inner
        axes = read_axes(text, ctx.context, api)
        return inner if axes is None else self.with_array(inner, dtype, axes, self._scopes.scope_of(ctx.type, api))

    def with_array(self, inner: Type, dtype: str | None, axes: Axes, scope: Scope) -> Type:
        """A tensor type, or each in a union, with a dtype and axes; what is no tensor of torch stays as it is."""
        proper = get_proper_type(inner)
        if isinstance(proper, UnionType):
            items = [self.with_array(item, dtype, axes, scope) for item in proper.items]
            return UnionType(items, proper.line, proper.column)
        if not is_tensor(proper):
            return inner
        nested = declared_axes(proper)  # jaxtyping lets Float[Float[Tensor, "t"], "b"] mean "b t"
        whole = axes if nested is None else (*axes, *nested)
        self._scopes.bind(scope, whole)
        dtype_type = self._dtype(dtype) if dtype is not None else unknown()
        if nested is not None and _says_any(dtype):
            dtype_type = get_proper_type(proper.args[0])
        return proper.copy_modified(args=[dtype_type, self._shape(whole, scope), proper.args[2]])

    def _of_dtype(self, proper: ProperType, dtype: str | None) -> Type | None:
        """A tensor type with a dtype, of which the axes are not known."""
        if dtype is None or not is_tensor(proper):
            return None
        return proper.copy_modified(args=[self._dtype(dtype), *proper.args[1:]])

    def _dtype(self, name: str) -> ProperType:
        if dtype_from_name(name).is_any:
            return unknown()
        return self._types.instance(dtype_class(name)) or unknown()

    def _shape(self, axes: Axes, scope: Scope) -> ProperType:
        int_type, tuple_type = self._types.int_type, self._types.tuple_type
        items = [written_axis(axis, scope.size_of(axis), int_type, tuple_type) for axis in axes]
        return shape_type(items, tuple_type)

    def _analyze_inside(self, type_: Type, api: Any) -> Type:
        was_inside, self._is_inside = self._is_inside, True
        try:
            result: Type = api.analyze_type(type_)
        finally:
            self._is_inside = was_inside
        return result

    def with_element(self, type_: Type, element: ProperType) -> Type:
        """A type with an element on each tensor type inside that has none."""
        return replace(type_, lambda proper: _with_element(proper, element))

    def _with_metadata(self, ctx: AnalyzeTypeContext, *, is_neural_type: bool) -> Type:
        api: Any = ctx.api
        inner: Type = api.try_analyze_special_unbound_type(ctx.type, "typing.Annotated")
        if not any(is_tensor(type_) for type_ in walk(inner)):
            return inner  # an array that is none of torch's
        elements = [
            found for item in ctx.type.args[1:] if (found := self._elements.read(item, ctx, is_neural_type)) is not None
        ]
        if len(elements) > 1:
            api.fail("A tensor type has two elements; keep one", ctx.context, code=codes.BAD_ANNOTATION)
        return self.with_element(inner, elements[0]) if elements else inner

    def _from_expression(self, bare: Type, written: UnboundType, api: Any) -> Type:
        """What a bare `Tensor`, or an alias of a tensor type, is that mypy has taken out of an annotation."""
        module: MypyFile | None = api.api.modules.get(api.api.cur_mod_id)
        if module is None or not self._imports_annotations(module):
            return bare
        place = (written.line, written.column)
        subscripts = read_source(module.path).enclosing(place, lambda name: self._is_annotation(name, module, api))
        result: Type = bare
        for subscript in subscripts:
            result = self._subscripted(result, subscript, api, written)
        return result

    def _is_annotation(self, name: str, module: MypyFile, api: Any) -> bool:
        """Whether what is subscripted with a name may say anything about a tensor."""
        symbol = module.names.get(name)
        if symbol is not None and isinstance(symbol.node, TypeInfo) and not names_annotation(symbol.node.name):
            return False
        return names_annotation(self._origin(name, api).name)

    def _imports_annotations(self, module: MypyFile) -> bool:
        known = self._imports.get(id(module))
        if known is None or known[0] is not module or known[1] != len(module.imports):
            known = (module, len(module.imports), _imports_annotations(module))
            self._imports[id(module)] = known
        return known[2]

    def _subscripted(self, inner: Type, subscript: ast.Subscript, api: Any, written: UnboundType) -> Type:
        origin = self._origin(ast.unparse(subscript.value), api)
        assert isinstance(subscript.slice, ast.Tuple)
        ctx = AnalyzeTypeContext(written, written, api)
        metadata = subscript.slice.elts[1:]
        if origin.is_dtype and isinstance(metadata[0], ast.Constant) and isinstance(metadata[0].value, str):
            axes = read_axes(metadata[0].value, written, api)
            return inner if axes is None else self.with_array(inner, origin.name, axes, Scope())
        if origin.is_neural_type or origin.name == "Annotated":
            for item in metadata:
                element = self._elements.read_written(item, ctx)
                if element is not None:
                    return self.with_element(inner, element)
        return inner


def read_axes(text: str, place: Context, api: Any) -> Axes | None:
    """The axes that a string says; None where it is malformed, which is reported."""
    try:
        return parse_axes(text)
    except AnnotationError as error:
        words = str(error)
        api.fail(words[:1].upper() + words[1:], place, code=codes.BAD_ANNOTATION)
        return None


def _says_any(dtype: str | None) -> bool:
    """Whether a dtype name says nothing."""
    return dtype is not None and dtype_from_name(dtype).is_any


def _imports_annotations(module: MypyFile) -> bool:
    """Whether a module imports anything that could be a tensor annotation; a cheap look at the imports' names."""
    if module.fullname.startswith("torch."):
        return False
    if any(symbol.node is not None and symbol.node.fullname in ANNOTATED for symbol in module.names.values()):
        return True
    for statement in module.imports:
        if isinstance(statement, ImportFrom):
            if any(name in DTYPE_NAMES or name in _PACKAGES or name == "NeuralType" for name, _ in statement.names):
                return True
        elif isinstance(statement, Import) and any(name.partition(".")[0] in _PACKAGES for name, _ in statement.ids):
            return True
    return False


def _with_element(proper: ProperType, element: ProperType) -> Type | None:
    if not is_tensor(proper):
        return None
    if not isinstance(get_proper_type(proper.args[2]), AnyType):
        return proper
    return proper.copy_modified(args=[proper.args[0], proper.args[1], element])


def _text_of(type_: Type) -> str | None:
    """The string that stands in an annotation, which mypy has tried to read as a type."""
    if isinstance(type_, RawExpressionType):
        return type_.literal_value if isinstance(type_.literal_value, str) else None
    if isinstance(type_, UnboundType | UnionType):
        return type_.original_str_expr
    return None


def _is_computed(written: Type, api: Any) -> bool:
    """Whether the axes are an expression that only the program knows: a call, an f-string, a name that is defined."""
    if isinstance(written, UnboundType):
        return api.lookup_qualified(written.name.partition(".")[0], written, suppress_errors=True) is not None
    return isinstance(written, RawExpressionType) and written.base_type_name == _ANY_EXPRESSION
