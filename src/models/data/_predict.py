"""Raw inputs into a batch, and a batch's finished output into one for each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from lightning_fabric.utilities import move_data_to_device
from torch import Tensor, nn

from models.data._chain import Chain
from models.data._collate import collate
from models.data._plan import Plan, can_be_made, make_plan
from models.data._types import unbatched
from neuraltypes import AnnotationError, OptionalSpec, RecordSpec, Spec, TensorSpec
from neuraltypes._spelling import hint
from neuraltypes.kinds import BATCH


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """A block in which `model` is in eval mode and no gradient is recorded; each part's own mode comes back after."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def predict_all(
    chain: Chain, inputs: Sequence[Any], *, batch_size: int | None, device: torch.device, padding: Mapping[str, float]
) -> list[Any]:
    """The finished output of each raw input; `padding` says by name what stands in the padding.

    Raises:
        AnnotationError: the model does not say how its steps fit together.
        CollateError: the inputs do not make a batch.
        TypeError: an input is missing or unknown, or the output cannot be told apart by input.
    """
    items = [_fields(chain, one, number) for number, one in enumerate(inputs)]
    size = batch_size or len(items) or 1
    found: list[Any] = []
    for start in range(0, len(items), size):
        chunk = items[start : start + size]
        plan = _plan(chain, chunk, start, padding)
        columns = {name: [item[name] for item in chunk] for name in plan.given}
        batch = collate(columns, plan, range(start, start + len(chunk)), f"{type(chain.model).__name__}.predict")
        output = chain.run(move_data_to_device(batch, device))
        found += _split(output, chain.links[-1].interface.result, len(chunk), chain.links[-1].name)
    return found


def fields_of_batch(chain: Chain, batch: Any) -> dict[str, Any]:
    """The fields of a batch that a loader gave: by name, or in the order of the chain's inputs."""
    named = _named_fields(batch)
    if named is not None:
        return dict(named)
    values = batch if isinstance(batch, list | tuple) else (batch,)
    return dict(zip(chain.inputs, values, strict=False))


def _named_fields(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None


def _fields(chain: Chain, item: Any, number: int) -> Mapping[str, Any]:
    """The fields of one raw input."""
    named = _named_fields(item)
    if named is None:
        return {_only_input(chain, number): item}
    if isinstance(item, Mapping):
        for name in named:
            if name not in chain.inputs:
                raise TypeError(
                    f'predict: input {number} has "{name}", the model takes {", ".join(chain.inputs)}'
                    f"{hint(name, chain.inputs)}"
                )
    return {name: value for name, value in named.items() if name in chain.inputs}


def _only_input(chain: Chain, number: int) -> str:
    """The input that a bare value is: the only one that cannot be made of others' sizes."""
    names = [name for name in chain.inputs if name in chain.required and not can_be_made(chain.inputs[name])]
    if len(names) != 1:
        raise TypeError(
            f"predict: input {number} has no names, and the model takes {', '.join(names) or 'none'}; hand it in as a "
            "mapping or a record"
        )
    return names[0]


def _plan(chain: Chain, items: Sequence[Mapping[str, Any]], start: int, padding: Mapping[str, float]) -> Plan:
    """How the items become a batch: what all have, and lengths and masks that the model takes beside."""
    inputs, owner = chain.inputs, f"{type(chain.model).__name__}.predict"
    names = set(items[0])
    for number, item in enumerate(items, start):
        missing = sorted({n for n in chain.required if not can_be_made(inputs[n])} - item.keys() | names ^ item.keys())
        if missing:
            raise TypeError(f"predict: input {number} and others do not all have {', '.join(missing)}")
    given = {name: unbatched(inputs[name]) for name in inputs if name in names}
    wanted = {name: inputs[name] for name in given}
    for name, spec in inputs.items():
        inner = spec.item if isinstance(spec, OptionalSpec) else spec
        if name in names or not can_be_made(inner):
            continue
        try:
            make_plan(given, {name: inner}, owner=owner, by_name=name not in chain.required)
        except AnnotationError:
            if name in chain.required:
                raise
        else:
            wanted[name] = inner
    return make_plan(given, wanted, owner=owner, padding=padding)


def _split(output: Any, spec: Spec, n: int, name: str) -> list[Any]:
    """The parts of a batch's output that belong to each item."""
    parts = _parts(output, spec, n)
    if parts is None:
        raise TypeError(
            f"predict: what {name} returns, {spec}, cannot be told apart by input; return one item for each"
        )
    return parts


def _parts(output: Any, spec: Spec, n: int) -> list[Any] | None:
    if output is None:
        return [None] * n
    if isinstance(output, Tensor):
        axis = _batch_axis(spec)
        fits = output.ndim > axis and output.shape[axis] == n
        return list(output.unbind(axis)) if fits else None
    named = _named_fields(output)
    if named is not None:
        specs = dict(spec.fields) if isinstance(spec, RecordSpec) else {}
        columns = {key: _parts(value, specs.get(key, spec), n) for key, value in named.items()}
        if any(column is None for column in columns.values()):
            return None
        rows = [{key: column[number] for key, column in columns.items() if column is not None} for number in range(n)]
        return rows if isinstance(output, Mapping) else [type(output)(**row) for row in rows]
    if isinstance(output, list) and len(output) == n:
        return list(output)
    if isinstance(output, tuple):
        tuple_specs = getattr(spec, "items", (spec,) * len(output))
        pieces = [_parts(value, one, n) for value, one in zip(output, tuple_specs, strict=True)]
        return None if any(p is None for p in pieces) else list(zip(*(p for p in pieces if p is not None), strict=True))
    return None


def _batch_axis(spec: Spec) -> int:
    """Which axis counts the items: the one of that kind, else the first."""
    kinds = spec.kinds if isinstance(spec, TensorSpec) else None
    return kinds.index(BATCH) if kinds is not None and BATCH in kinds else 0
