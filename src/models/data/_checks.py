"""The wiring of a model's data to its steps, checked once for each data set before the first batch."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import Any

from torch.utils.data import default_collate

from models.data._chain import Chain
from models.data._config import DATASET, Stage, class_of, is_config, sets_of
from models.data._loaders import flattened, names_of
from models.data._steps import fields_taken
from models.data._typed_items import TypedItems, typed_source
from models.data._types import UNKNOWN, batched, fields_of
from models.data._wiring import find_misfits, raise_misfits
from models.data.errors import Misfit, WiringError
from neuraltypes import RecordSpec, Spec
from neuraltypes.config._classes import Classes
from neuraltypes.config._fit import Fitter
from neuraltypes.config._nodes import ConfigNode
from neuraltypes.config.errors import Problem

_WORDS: dict[Stage, str] = {
    "train": "training data",
    "validation": "validation data",
    "test": "test data",
    "predict": "prediction data",
}
_STEPS: dict[Stage, str] = {
    "train": "training_step",
    "validation": "validation_step",
    "test": "test_step",
    "predict": "predict_step",
}


def check_wiring(model: Any, stage: Stage, loaders: Any) -> None:
    """Check that what typed data sets give fits what the model's step for a stage takes.

    Raises:
        AnnotationError: the types of a data set's items or of its batches are malformed.
        WiringError: they do not fit; every field that disagrees is named, with both sides.
    """
    singles, names = flattened(loaders), names_of(loaders, "")
    sources = [_source(loader) for loader in singles]
    fresh = [source for source in sources if source is not None and not _was_checked(model, stage, source)]
    if not fresh:
        return
    specs = [
        UNKNOWN if source is None else _batch_spec(source, loader)
        for source, loader in zip(sources, singles, strict=True)
    ]
    if stage == "train" and len(singles) > 1:
        together = RecordSpec("batch", tuple(zip(names, specs, strict=True)), "typeddict")
        _check(model, stage, together, "data sets", names)
    else:
        for source, spec, name in zip(sources, specs, names, strict=True):
            if spec != UNKNOWN and any(source is one for one in fresh):
                _check(model, stage, spec, type(source).__name__, [name])
    for source in fresh:
        model.data_state.checked[stage, id(source)] = weakref.ref(source)


def _check(model: Any, stage: Stage, batch: Spec, source: str, names: list[str]) -> None:
    named = f' "{names[0]}"' if len(names) == 1 and names[0] else ""
    raise_misfits(_misfits(model, stage, batch), f"{_WORDS[stage]}{named}", source)


def _misfits(model: Any, stage: Stage, batch: Spec) -> list[Misfit]:
    if stage == "predict" and not model.has_own("predict_step"):
        return Chain(model).misfits(fields_of(batch))
    return find_misfits(fields_of(batch), fields_taken(model, _STEPS[stage], batch))


def _source(loader: Any) -> TypedItems[Any, Any] | None:
    """The typed data set that a loader reads, where it is known what the loader makes of its items."""
    source = typed_source(getattr(loader, "dataset", None))
    collate = getattr(loader, "collate_fn", None)
    is_known = collate is default_collate or type(getattr(collate, "__self__", None)) is type(source)
    return source if source is not None and is_known else None


def _batch_spec(source: TypedItems[Any, Any], loader: Any) -> Spec:
    return batched(source.item_spec) if loader.collate_fn is default_collate else source.batch_spec


def _was_checked(model: Any, stage: Stage, source: Any) -> bool:
    known = model.data_state.checked.get((stage, id(source)))
    return known is not None and known() is source


def misfits_of_config(model: Any, stage: Stage, section: ConfigNode) -> Iterator[Problem]:
    """Where the data sets of a config would not fit a model, as far as their classes say; no data set is made."""
    step = _STEPS[stage]
    for name, node in sets_of(Fitter(Classes()), section).items():
        spec = _spec_of_config(node, model.allowed_datasets)
        if spec is None:
            continue
        named = f' "{name}"' if name else ""
        misfits = _misfits(model, stage, spec[1]) if getattr(type(model), step, None) is not None else []
        try:
            raise_misfits(misfits, f"{_WORDS[stage]}{named}", spec[0])
        except WiringError as error:
            yield Problem(node.path, str(error), position=node.position)


def _spec_of_config(node: ConfigNode, allowed: Iterable[type]) -> tuple[str, Spec] | None:
    """The name of a data set's class, and the type of its batches, where that is known without making it."""
    if not is_config(node) or "collate_fn" in node.entries:
        return None
    inner = node.entries.get(DATASET)
    node = node if inner is None else inner
    if inner is not None and not is_config(inner):
        source = typed_source(inner.value)
    else:
        cls = class_of(node, allowed)
        if cls is None or not issubclass(cls, TypedItems):
            return None
        source = object.__new__(cls)
    try:
        return None if source is None else (type(source).__name__, source.batch_spec)
    except Exception:  # noqa: BLE001  # a class that says its types only once it is made, or not rightly
        return None
