"""One call of an operation: arguments against its declaration, the computed rule, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from neuraltypes._axes import Axes, Axis, NamedAxis, VariadicAxis
from neuraltypes._sizes import Size
from neuraltypes._unify import Bindings, Rest, Shape, SizedAxis, aligned, unify
from neuraltypes.rules._context import Context, applying
from neuraltypes.rules._dtypes import AUTOCAST, dtypes_text, promote_all
from neuraltypes.rules._registry import find_computed
from neuraltypes.rules._stubs import Parameter, Signature, Tensors
from neuraltypes.rules._values import (
    BY_LAYER,
    UNKNOWN,
    Array,
    Config,
    DTypes,
    Many,
    Packed,
    Produced,
    Refused,
    Result,
    Value,
)

_Tensor: TypeAlias = tuple[Parameter, Tensors, Array]
"""A tensor that is given, the parameter it is given for, and what that declares."""


class Outcome(NamedTuple):
    """What a call gives, and what is wrong with it.

    `refused` is what torch itself would raise for; `suspected` is what it would take, and nobody means.
    """

    result: Result
    refused: tuple[Refused, ...] = ()
    suspected: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the front end knows: how sizes are compared, and whether an element may be handed in for a named one.

    Under autocast torch chooses the precision of each operation itself: floats of up to 32 bits may be mixed, and what
    comes out may be any of them.
    """

    equate: Callable[[Size, Size], bool] | None = None
    element_fits: Callable[[str, object], bool] = field(default=lambda _wanted, _given: True)
    element_text: Callable[[object], str] = str
    is_autocast: bool = False


def apply(
    signature: Signature,
    given: Mapping[str, Value],
    config: Config | None = None,
    surroundings: Surroundings | None = None,
) -> Outcome:
    """What a call gives. `given` holds its arguments by name, `config` what the module was made with."""
    around = surroundings or Surroundings()
    context = Context(around.equate, explicit=frozenset(given))
    arguments = {**signature.defaults, **given}
    is_cast = around.is_autocast and any(map(_holds_array, arguments.values()))
    if is_cast:
        arguments = {name: _of_any_precision(value) for name, value in arguments.items()}
    tensors = list(_declared(signature, arguments))
    with applying(context):
        refused = [*_wrong_dtypes(tensors), *_wrong_elements(tensors, around)]
        bindings = Bindings(values=_values(config), equate=around.equate)
        refused += _wrong_shapes(tensors, bindings)
        if signature.computed is None:
            refused += _mixed_dtypes(tensors)
        result: Result
        if any(one.code == "shape" for one in refused):
            result = _declared_result(signature, tensors, bindings) if signature.computed is None else UNKNOWN
        elif signature.computed is None:
            result = _declared_result(signature, tensors, bindings)
        else:
            try:
                result = _compute(signature, arguments, config)
            except Refused as error:
                refused.append(error)
                result = UNKNOWN
        result = _with_declared(result, signature, tensors)
        if config is not None and config.get("bias") is True:
            result = _of_layer(result)
        if is_cast:
            result = _of_unknown_precision(result)
    return Outcome(result, tuple(refused), tuple(context.suspected))


def _of_layer(result: Result) -> Result:
    """What a layer gives that adds a bias; without one it may be a fixed filter, which keeps what is positive."""
    if isinstance(result, Array) and result.element == Produced("UnnormalizedType"):
        return replace(result, element=Produced("UnnormalizedType", by=BY_LAYER))
    return result


def _holds_array(value: Value) -> bool:
    return isinstance(value, Array | Many | Packed) or (isinstance(value, tuple) and any(map(_holds_array, value)))


def _of_any_precision(value: Value) -> Value:
    """An argument as an operation may take it that autocast has converted."""
    match value:
        case Array(dtype=dtypes) if dtypes is not None and dtypes & AUTOCAST:
            return replace(value, dtype=dtypes | AUTOCAST)
        case Many(item=item):
            widened = _of_any_precision(item)
            return Many(widened) if isinstance(widened, Array) else value
        case Packed(padded=padded):
            widened = _of_any_precision(padded)
            return Packed(widened) if isinstance(widened, Array) else value
        case tuple():
            return tuple(map(_of_any_precision, value))
        case _:
            return value


def _of_unknown_precision(result: Result) -> Result:
    match result:
        case Array(dtype=dtypes) if dtypes is not None and dtypes & AUTOCAST:
            return replace(result, dtype=None)
        case Many(item=item):
            unsure = _of_unknown_precision(item)
            return Many(unsure) if isinstance(unsure, Array) else result
        case Packed(padded=padded):
            unsure = _of_unknown_precision(padded)
            return Packed(unsure) if isinstance(unsure, Array) else result
        case tuple():
            return tuple(map(_of_unknown_precision, result))
        case _:
            return result


def _compute(signature: Signature, arguments: Mapping[str, Value], config: Config | None) -> Result:
    assert signature.computed is not None
    function = find_computed(signature.computed)
    for name in signature.needed:
        if not isinstance(arguments.get(name), Array):
            return UNKNOWN
    parameters = signature.parameters[1 if signature.is_method else 0 :]
    named = {one.name: arguments.get(one.name, UNKNOWN) for one in parameters}
    if config is not None:
        found: Result = function(config, **named)
    elif signature.is_method:
        found = function(arguments.get("self", UNKNOWN), **named)
    else:
        found = function(**named)
    return found


def _values(config: Config | None) -> dict[str, Size]:
    return {f"self.{name}": value for name, value in (config or {}).items() if isinstance(value, Size)}


def _declared(signature: Signature, arguments: Mapping[str, Value]) -> Iterator[_Tensor]:
    for parameter, declared in signature.tensors:
        value = arguments.get(parameter.name)
        if isinstance(value, Array):
            yield parameter, declared, value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Array):
                    yield parameter, declared, item


def _wrong_dtypes(tensors: list[_Tensor]) -> Iterator[Refused]:
    for parameter, declared, array in tensors:
        members = declared.members
        if members is not None and array.dtype is not None and not array.dtype & members:
            text = dtypes_text(array.dtype)
            yield Refused(f"is {text}, expected {declared.dtype}", parameter.name, "dtype")


def _mixed_dtypes(tensors: list[_Tensor]) -> Iterator[Refused]:
    """Tensors that are declared with one dtype must share one."""
    found: dict[str, tuple[str, DTypes]] = {}
    for parameter, declared, array in tensors:
        if declared.dtype in (None, "Shaped") or array.dtype is None:
            continue
        first, dtypes = found.setdefault(str(declared.dtype), (parameter.name, array.dtype))
        if not dtypes & array.dtype:
            reason = f"is {dtypes_text(array.dtype)}, but {first} is {dtypes_text(dtypes)}"
            yield Refused(reason, parameter.name, "dtype")


def _wrong_elements(tensors: list[_Tensor], around: Surroundings) -> Iterator[Refused]:
    for parameter, declared, array in tensors:
        if not declared.elements or array.element is None:
            continue
        if not any(around.element_fits(name, array.element) for name in declared.elements):
            wanted = " or ".join(declared.elements)
            yield Refused(f"holds {around.element_text(array.element)}, expected {wanted}", parameter.name, "element")


def _wrong_shapes(tensors: list[_Tensor], bindings: Bindings) -> Iterator[Refused]:
    arguments = [
        (parameter.name, declared.axes, array.shape)
        for parameter, declared, array in tensors
        if declared.axes is not None and array.shape is not None
    ]
    for mismatch in unify(arguments, bindings, with_kinds=False) if arguments else ():
        yield Refused(mismatch.reason, mismatch.argument)


def _declared_result(signature: Signature, tensors: list[_Tensor], bindings: Bindings) -> Result:
    labels = _labels(tensors)

    def one(declared: Tensors) -> Array:
        shape = None if declared.axes is None else _shape(declared.axes, bindings, labels)
        return Array(shape)

    if isinstance(signature.results, tuple):
        return tuple(map(one, signature.results))
    return UNKNOWN if signature.results is None else one(signature.results)


def _shape(axes: Axes, bindings: Bindings, labels: Mapping[str, str | None]) -> Shape:
    items: list[SizedAxis | Rest] = []
    for axis in axes:
        if isinstance(axis, VariadicAxis):
            bound = bindings.rests.get(axis.name or "")
            items += bound[0] if bound is not None else (Rest(),)
        else:
            items.append(SizedAxis(bindings.size_of(axis), axis.label or labels.get(_name(axis))))
    return tuple(items)


def _name(axis: Axis) -> str:
    return axis.name if isinstance(axis, NamedAxis) else ""


def _labels(tensors: list[_Tensor]) -> dict[str, str | None]:
    """What the axes that names were bound to say of their kind."""
    found: dict[str, str | None] = {}
    for _, declared, array in tensors:
        if declared.axes is None or array.shape is None:
            continue
        for at, other in aligned(declared.axes, array.shape):
            axis, given = declared.axes[at], array.shape[other]
            if isinstance(axis, NamedAxis) and isinstance(given, SizedAxis) and given.label:
                found.setdefault(axis.name, given.label)
    return found


def _with_declared(result: Result, signature: Signature, tensors: list[_Tensor]) -> Result:
    """The result with the dtypes and elements that its declaration says."""
    declared = signature.results
    if isinstance(declared, tuple):
        if isinstance(result, tuple) and len(result) == len(declared):
            return tuple(
                _declared_one(item, one, signature, tensors) for item, one in zip(result, declared, strict=True)
            )
        return result
    return result if declared is None else _declared_one(result, declared, signature, tensors)


def _declared_one(result: Result, declared: Tensors, signature: Signature, tensors: list[_Tensor]) -> Result:
    if isinstance(result, tuple):
        return tuple(_declared_one(item, declared, signature, tensors) for item in result)
    if isinstance(result, Many):
        item = _declared_one(result.item, declared, signature, tensors)
        return Many(item) if isinstance(item, Array) else result
    if result is UNKNOWN and (declared.dtype or declared.elements):
        result = Array()
    if not isinstance(result, Array):
        return result
    if declared.elements:
        result = Array(result.shape, result.dtype, _produced(declared.elements[0], result.element))
    if result.dtype is None and declared.dtype is not None:
        result = Array(result.shape, _dtype(declared, signature, tensors), result.element)
    return result


def _produced(name: str, given: object) -> Produced:
    """What a declaration says an operation gives, which its rule may know more of."""
    return given if isinstance(given, Produced) and given.name == name else Produced(name)


def _dtype(declared: Tensors, signature: Signature, tensors: list[_Tensor]) -> DTypes | None:
    """The dtype of a result: that of the parameters that are declared with the same name, if there are any."""
    same = [array.dtype for _, other, array in tensors if other.dtype == declared.dtype]
    members = declared.members
    if not any(one.tensors is not None and one.tensors.dtype == declared.dtype for one in signature.parameters):
        return members
    promoted = promote_all(same) if same else None
    return None if promoted is None or members is None else promoted & members or None
