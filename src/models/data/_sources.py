"""Where the data of each stage comes from, and the loaders that were made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytorch_lightning as pl

from models.data._config import AGGREGATE, MakeDataset, Stage, is_config, is_one_set, node_of, plain
from models.data._loaders import Ranks, Request, from_datamodule, make_loaders
from neuraltypes.config._nodes import ConfigNode, is_dict_config, root_node

if TYPE_CHECKING:
    from models.data._metrics import Evaluation

KEYS: Mapping[Stage, str] = {
    "train": "train_ds",
    "validation": "validation_ds",
    "test": "test_ds",
    "predict": "predict_ds",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What the loaders of a stage are to be made of, and how metrics of several sets are aggregated."""

    given: Any
    aggregate: str | None = None


@dataclass(frozen=True, slots=True)
class _Made:
    """Loaders, and what they were made of and for."""

    given: Any
    ranks: Ranks
    loaders: Any


@dataclass(slots=True)
class DataState:
    """What a model knows of its data. Copies of the model have the sources, and make their own loaders."""

    sources: dict[Stage, Source] = field(default_factory=dict)
    made: dict[Stage, _Made] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    checked: dict[tuple[Stage, int], Any] = field(default_factory=dict)

    def __deepcopy__(self, memo: Any) -> DataState:
        return DataState(dict(self.sources))

    def __reduce__(self) -> tuple[Any, ...]:
        return DataState, (self.sources,)


def set_data(model: Any, stage: Stage, data: Any, aggregate: str | None = None) -> None:
    """Take `data` for a stage from now on; a trainer that runs asks for loaders again."""
    state: DataState = model.data_state
    state.sources[stage] = Source(data, aggregate)
    state.made.pop(stage, None)
    _reload(model, stage)


def source_of(model: Any, stage: Stage) -> Source | None:
    """What was set up for a stage, else what the model's `cfg` has for it."""
    state: DataState = model.data_state
    source = state.sources.get(stage)
    if source is None:
        cfg = getattr(model, "cfg", None)
        key = KEYS[stage]
        source = Source(cfg.get(key) if isinstance(cfg, Mapping) else getattr(cfg, key, None))
    return None if source.given is None else source


def node_for(model: Any, stage: Stage) -> ConfigNode:
    """The place of a stage's data, of which there is some."""
    source: Source | None = model.data_state.sources.get(stage)
    if source is None and is_dict_config(cfg := getattr(model, "cfg", None)):
        return root_node(cfg).entries[KEYS[stage]]
    found = source_of(model, stage)
    assert found is not None
    return node_of(found.given, KEYS[stage])


def aggregate_of(model: Any, stage: Stage) -> str | None:
    """How a stage's metrics are aggregated: as was said at the set-up, else in the config of the sets."""
    source = source_of(model, stage)
    if source is None or source.aggregate is not None:
        return None if source is None else source.aggregate
    node = node_for(model, stage)
    if not is_config(node) or is_one_set(node) or AGGREGATE not in node.entries:
        return None
    how: str | None = node.entries[AGGREGATE].value
    return how


def loaders_for(model: Any, stage: Stage) -> Any:
    """The loaders of a stage, made anew where their source or the number of processes changed.

    Raises:
        ConfigError: the config does not fit.
    """
    node = node_for(model, stage)
    trainer = attached_trainer(model)
    ranks = _ranks(trainer)
    given = plain(node)
    made: _Made | None = None if _wants_new(trainer) else model.data_state.made.get(stage)
    if made is None or made.ranks != ranks or not _is_same(made.given, given):
        made = _Made(given, ranks, _make(model, stage, node, ranks, trainer))
        model.data_state.made[stage] = made
    return dict(made.loaders) if isinstance(made.loaders, dict) else made.loaders


def _wants_new(trainer: pl.Trainer | None) -> bool:
    """Whether a trainer reloads, so that it wants data that is made anew."""
    return (
        trainer is not None
        and trainer.state.fn == "fit"
        and getattr(trainer, "reload_dataloaders_every_n_epochs", 0) > 0
    )


def attached_trainer(model: Any) -> pl.Trainer | None:
    """The trainer of a model; None where it has none yet."""
    try:
        trainer: pl.Trainer = model.trainer
    except RuntimeError:
        return None
    return trainer


def _make(model: Any, stage: Stage, node: ConfigNode, ranks: Ranks, trainer: pl.Trainer | None) -> Any:
    if isinstance(node.value, pl.LightningDataModule):
        _prepare(node.value, trainer)
        node = node.holding(from_datamodule(node.value, stage))
    shuffles = stage == "train" and not getattr(trainer, "overfit_batches", 0)
    return make_loaders(Request(node, stage, ranks, _own_maker(model), model.allowed_datasets, shuffles))


def _own_maker(model: Any) -> MakeDataset | None:
    """What makes data sets of configs where the model overrides how."""
    if not model.has_own("dataset_from_config"):
        return None
    return lambda node: model.dataset_from_config(plain(node), node.path)


def _prepare(datamodule: pl.LightningDataModule, trainer: pl.Trainer | None) -> None:
    """Run a data module's hooks as a trainer would that was given it."""
    if trainer is None:
        datamodule.prepare_data()
        datamodule.setup("fit")
        return
    datamodule.trainer = trainer
    is_first = trainer.local_rank == 0 and (datamodule.prepare_data_per_node or trainer.node_rank == 0)
    if is_first:
        datamodule.prepare_data()
    trainer.strategy.barrier("prepare_data")
    datamodule.setup("fit" if trainer.state.fn is None else trainer.state.fn.value)


def _ranks(trainer: pl.Trainer | None) -> Ranks:
    """How the trainer's processes share data; one that is told not to use distributed samplers shares none."""
    if trainer is None or not trainer._accelerator_connector.use_distributed_sampler:  # noqa: SLF001  # not public
        return Ranks()
    shares = trainer.distributed_sampler_kwargs or {"rank": 0, "num_replicas": 1}
    return Ranks(shares["rank"], shares["num_replicas"])


def _is_same(one: Any, other: Any) -> bool:
    """Whether two configs hold the same values and the very same objects."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if type(one) is list and type(other) is list:
        return len(one) == len(other) and all(map(_is_same, one, other))
    is_data = isinstance(one, str | int | float | bool) and type(one) is type(other)
    return one is other or (is_data and one == other)


def _reload(model: Any, stage: Stage) -> None:
    """Have a running trainer ask for the loaders of a stage again, where it has them from the model."""
    trainer = attached_trainer(model)
    if trainer is None:
        return
    loops: Mapping[Stage, tuple[Any, ...]] = {
        "train": (trainer.fit_loop,),
        "validation": (trainer.fit_loop.epoch_loop.val_loop, trainer.validate_loop),
        "test": (trainer.test_loop,),
        "predict": (trainer.predict_loop,),
    }
    for loop in loops[stage]:
        if loop._data_source.instance is model:  # noqa: SLF001  # Lightning has no public name for it
            loop._combined_loader = None  # noqa: SLF001
