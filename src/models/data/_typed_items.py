"""What typed data sets of both styles share: the types of items and batches, and the collation between them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Generic, get_args, get_origin

from torch.utils.data import default_collate
from typing_extensions import TypeVar

from models.data._collate import Items, collate
from models.data._plan import Plan, can_be_made, make_plan
from models.data._types import UNKNOWN, batched, built, columns_of, fields_of
from models.data._wiring import mismatch
from neuraltypes import AnnotationError, Spec, ValueSpec, interface_of, spec_from_annotation
from neuraltypes._classes import full_name

Item = TypeVar("Item", covariant=True)  # noqa: PLC0105  # users read the name
Batch = TypeVar("Batch", default=Any)

_registry: dict[str, type[TypedItems[Any, Any]]] = {}


class TypedItems(Generic[Item, Batch]):
    """The types of items and batches, and the collation between them.

    `padding` says by field what stands in the padding, before the field's element does; a property may compute it.
    `length_of` says by field which other field it measures, where the names do not.
    """

    padding: ClassVar[Mapping[str, float]] = MappingProxyType({})
    length_of: ClassVar[Mapping[str, str]] = MappingProxyType({})

    _item_hint: ClassVar[Any] = None
    _batch_hint: ClassVar[Any] = None
    _read_by: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        arguments = _type_arguments(cls)
        if arguments:
            cls._item_hint, cls._batch_hint = arguments
        _registry[full_name(cls)] = cls

    @property
    def item_spec(self) -> Spec:
        """The type of an item, from the class's type argument or the annotation of what reads one.

        Raises:
            AnnotationError: the annotation is malformed or cannot be resolved.
        """
        hint = self._item_hint
        return _annotated_item(type(self)) if hint in (None, Any) else spec_from_annotation(hint)

    @property
    def batch_spec(self) -> Spec:
        """The type of a batch: the declared one, else that of an item with the batch axis in front.

        Raises:
            AnnotationError: the declared batch cannot be made of the items.
        """
        derived = batched(self.item_spec)
        hint = self._batch_hint
        if hint in (None, Any):
            return derived
        declared = spec_from_annotation(hint)
        _require_fit(type(self).__name__, fields_of(declared), fields_of(derived), self.output_types)
        return declared

    @property
    def output_types(self) -> Mapping[str, Spec]:
        """The type of each part of an item: fields by name, tuple items by number, else `"output"`."""
        return fields_of(self.item_spec)

    @property
    def batch_types(self) -> Mapping[str, Spec]:
        """The type of each part of a batch."""
        return fields_of(self.batch_spec)

    def collate_fn(self, items: Sequence[Any]) -> Batch:
        """A batch of items: padded, with the lengths and masks that the batch's type asks for.

        Raises:
            AnnotationError: the declared batch cannot be made of the items.
            CollateError: the items do not make a batch.
        """
        specs = self._specs()
        if specs is None:
            return default_collate(list(items))  # type: ignore[no-any-return]
        item_spec, batch_spec, plan = specs
        indices = items.indices if isinstance(items, Items) else range(len(items))
        columns = columns_of(items, item_spec)
        return built(batch_spec, collate(columns, plan, indices, type(self).__name__))  # type: ignore[no-any-return]

    def _specs(self) -> tuple[Spec, Spec, Plan] | None:
        """Types and plan, made once; None where an item has no type."""
        known: tuple[Spec, Spec, Plan] | None = self.__dict__.get("_collation")
        if known is None and (item := self.item_spec) != UNKNOWN:
            batch = self.batch_spec
            plan = make_plan(
                fields_of(item),
                fields_of(batch),
                owner=type(self).__name__,
                padding=self.padding,
                length_of=self.length_of,
            )
            known = self.__dict__["_collation"] = item, batch, plan
        return known

    def _check_item(self, item: Any, index: Any) -> None:
        spec = self.__dict__.get("_checked_spec")
        if spec is None:
            spec = self.__dict__["_checked_spec"] = self.item_spec
        spec.check(item, name=f"{type(self).__name__}[{index}]", owner=self)


def find_datasets() -> Mapping[str, type[TypedItems[Any, Any]]]:
    """The imported data set classes, by full name."""
    return MappingProxyType(_registry)


def typed_source(dataset: Any) -> TypedItems[Any, Any] | None:
    """The typed data set that `dataset` is, or is a part of; None where that is not known."""
    if isinstance(dataset, TypedItems):
        return dataset
    parts = getattr(dataset, "datasets", None)
    if isinstance(parts, Sequence):
        found = [typed_source(part) for part in parts]
        same = found and found[0] is not None and all(type(one) is type(found[0]) for one in found)
        return found[0] if same else None
    inner = getattr(dataset, "dataset", None)
    return None if inner is None else typed_source(inner)


def _type_arguments(cls: type) -> tuple[Any, Any] | None:
    """What a class fills the type parameters of its bases in with, where it does."""
    for base in cls.__dict__.get("__orig_bases__", ()):
        origin, arguments = get_origin(base), get_args(base)
        is_ours = isinstance(origin, type) and issubclass(origin, TypedItems)
        if is_ours and len(arguments) == 2 and not isinstance(arguments[0], TypeVar):
            return arguments[0], arguments[1]
    return None


def _annotated_item(cls: type[TypedItems[Any, Any]]) -> Spec:
    """The type that `__getitem__` or `__iter__` declares."""
    reader = getattr(cls, cls._read_by, None)
    if reader is None:
        return UNKNOWN
    annotation = inspect.signature(inspect.unwrap(reader)).return_annotation
    if cls._read_by == "__getitem__":
        return interface_of(reader).result
    return UNKNOWN if annotation is inspect.Signature.empty else _yielded(reader)


def _yielded(reader: Callable[..., Any]) -> Spec:
    interface = interface_of(reader)
    if interface.yields:
        return interface.result
    hints = inspect.get_annotations(inspect.unwrap(reader), eval_str=True)
    arguments = get_args(hints.get("return"))
    return spec_from_annotation(arguments[0]) if arguments else UNKNOWN


def _require_fit(
    owner: str, declared: Mapping[str, Spec], derived: Mapping[str, Spec], items: Mapping[str, Spec]
) -> None:
    """Refuse a declared batch of which a field is of another type than the items make."""
    for name, spec in declared.items():
        made = derived.get(name)
        if made is None:
            if not can_be_made(spec):
                raise AnnotationError(
                    f'{owner}: the batch declares "{name}: {spec}", which the items do not have: {", ".join(derived)}'
                )
        elif (reason := mismatch(spec, made)) and not (
            isinstance(spec, ValueSpec) and isinstance(items[name], ValueSpec)
        ):
            raise AnnotationError(
                f'{owner}: the batch\'s field "{name}" is not of the type that the items make: '
                f"{reason}\n  batch     {spec}\n  items     {made}"
            )
