"""What `cfg.shard` says: which modules are gathered one at a time where processes share a model's weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.strategies import ModelParallelStrategy
from pytorch_lightning.utilities.model_helpers import is_overridden
from torch import nn

from models.errors import ConfigError, nearest_or_known
from models.optim._groups import is_match, parameter_names

if TYPE_CHECKING:
    from torch.distributed.device_mesh import DeviceMesh
    from torch.distributed.fsdp import FSDPModule

Section = Mapping[str, Any] | Sequence[str] | str | None

_PLACE = "shard"
_DTYPES = ("param_dtype", "reduce_dtype")
_KEYS = ["units", "reshard_after_forward", *_DTYPES]
_STEPS = ("training_step", "validation_step", "test_step", "predict_step")


class ConfigureModel:
    """`configure_model`: there while the trainer's strategy lets processes share weights, else it is Lightning's.

    Lightning asks whether a model overrides it, and warns of that where weights are averaged.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner: Any = owner

    def __get__(self, model: Any, owner: type | None = None) -> Callable[..., None]:
        if model is None:
            return pl.LightningModule.configure_model
        if not shares_weights(model):
            inherited: Callable[..., None] = getattr(super(self.owner, model), "configure_model")  # noqa: B009  # mypy
            return inherited

        def configure() -> None:
            shard(model, model.device_mesh, model._shard())  # noqa: SLF001  # its own section

        return configure


def shares_weights(model: pl.LightningModule) -> bool:
    """Whether the model has a trainer whose processes share weights."""
    trainer = model._trainer  # noqa: SLF001  # Lightning's `trainer` raises where there is none
    return trainer is not None and isinstance(trainer.strategy, ModelParallelStrategy)


def shard(model: pl.LightningModule, mesh: DeviceMesh, section: Section) -> None:
    """Let the processes of Lightning's mesh share the model's weights, with torch's `fully_shard`.

    Each unit of `section` is gathered before its `forward` and dropped after it, everything else with the model, also
    for its steps. A model that is sharded already stays as it is.

    Raises:
        ConfigError: a pattern means no module with weights, weights are in two units, or a key or value does not fit.
    """
    from torch.distributed.fsdp import FSDPModule, fully_shard, register_fsdp_forward_method

    if isinstance(model, FSDPModule):
        return
    if mesh["tensor_parallel"].size() > 1:
        raise ConfigError(
            "a ModelPT shares weights among data parallel processes alone: give the strategy tensor_parallel_size=1, "
            "or override configure_model",
            place=_PLACE,
        )
    patterns, options = _read(section)
    units = units_of(model, patterns)
    _require_together(model, units)
    for name in sorted(units, key=lambda name: -name.count(".")):  # a unit within another comes first
        fully_shard(units[name], mesh=mesh["data_parallel"], **options)
    fully_shard(model, mesh=mesh["data_parallel"], **options)
    for step in _STEPS:
        if is_overridden(step, model):
            register_fsdp_forward_method(model, step)


def sharded_parts(model: nn.Module) -> Iterator[FSDPModule]:
    """The units of a model that is sharded, and the model itself."""
    from torch.distributed.fsdp import FSDPModule

    for module in model.modules():
        if isinstance(module, FSDPModule):
            yield module


def units_of(model: nn.Module, patterns: Iterable[str]) -> dict[str, nn.Module]:
    """The outermost modules that each pattern means, by name, of those that have weights.

    Raises:
        ConfigError: a pattern means none, or a container that is never called itself.
    """
    named = {name: module for name, module in model.named_modules() if name and any(True for _ in module.parameters())}
    units: dict[str, nn.Module] = {}
    for pattern in patterns:
        meant = [name for name in named if is_match(pattern, name)]
        outermost = {name: named[name] for name in meant if name.rpartition(".")[0] not in meant}
        if not outermost:
            raise ConfigError(
                f"no module with weights is meant by {pattern!r}{nearest_or_known(pattern, named)}", place=_PLACE
            )
        for name, module in outermost.items():
            if isinstance(module, nn.ModuleList | nn.ModuleDict):
                raise ConfigError(
                    f"{name} is a {type(module).__name__}, which is never called itself; "
                    f"'{name}.*' means the modules in it",
                    place=_PLACE,
                )
        units |= outermost
    return units


def _read(section: Section) -> tuple[list[str], dict[str, Any]]:
    """The patterns of a section, and what `fully_shard` takes beside."""
    from torch.distributed.fsdp import MixedPrecisionPolicy

    given = section if isinstance(section, Mapping) else {"units": section}
    for key in given:
        if key not in _KEYS:
            raise ConfigError(f"no such key{nearest_or_known(str(key), _KEYS)}", place=f"{_PLACE}.{key}")
    units = given.get("units") or []
    patterns = [units] if isinstance(units, str) else list(units)
    if odd := [pattern for pattern in patterns if not isinstance(pattern, str)]:
        raise ConfigError(f"is {odd[0]!r}, expected the names of modules, or patterns", place=f"{_PLACE}.units")
    reshard = given.get("reshard_after_forward")
    if reshard is not None and not isinstance(reshard, int):
        raise ConfigError(
            f"is {reshard!r}, expected true, false or a number of processes", place=f"{_PLACE}.reshard_after_forward"
        )
    computed, reduced = (_dtype(given.get(key), f"{_PLACE}.{key}") for key in _DTYPES)
    return patterns, {
        "reshard_after_forward": reshard,
        "mp_policy": MixedPrecisionPolicy(param_dtype=computed, reduce_dtype=reduced),
    }


def _dtype(name: Any, place: str) -> torch.dtype | None:
    if name is None:
        return None
    found = getattr(torch, name, None) if isinstance(name, str) else None
    if not isinstance(found, torch.dtype) or not found.is_floating_point:
        raise ConfigError(f"is {name!r}, expected a dtype of torch such as bfloat16", place=place)
    return found


def _require_together(model: nn.Module, units: Mapping[str, nn.Module]) -> None:
    """A parameter with several names would come apart if they were in different units."""
    for names in parameter_names(model).values():
        owners = {max((unit for unit in units if is_match(unit, name)), key=len, default="") for name in names}
        if len(owners) > 1:
            shown = " and ".join(repr(owner) if owner else "none" for owner in sorted(owners))
            raise ConfigError(
                f"{' and '.join(names)} are one parameter, and in different units: {shown}", place=f"{_PLACE}.units"
            )
