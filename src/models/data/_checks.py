"""The wiring of a model's data to its steps, checked once for each data set before the first batch."""

from __future__ import annotations

import weakref
from typing import Any

from torch.utils.data import default_collate

from models.data._chain import Chain
from models.data._loaders import Stage, flattened, names_of
from models.data._steps import fields_taken
from models.data._typed_items import TypedItems, typed_source
from models.data._types import UNKNOWN, batched, fields_of
from models.data._wiring import find_misfits, raise_misfits
from neuraltypes import RecordSpec, Spec

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
    from models.data._model import ModelData

    named = f' "{names[0]}"' if len(names) == 1 and names[0] else ""
    if stage == "predict" and type(model).predict_step is ModelData.predict_step:
        misfits = Chain(model).misfits(fields_of(batch))
    else:
        misfits = find_misfits(fields_of(batch), fields_taken(model, _STEPS[stage], batch))
    raise_misfits(misfits, f"{_WORDS[stage]}{named}", source)


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
