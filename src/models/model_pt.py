"""`ModelPT`: a `LightningModule` that is typed, made from a config, and saved as an archive."""

from __future__ import annotations

import copy
import functools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict, Unpack

import pytorch_lightning as pl
import torch
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pytorch_lightning.utilities.types import OptimizerLRScheduler

from models._cfg import (
    PARAMETER,
    TRAINER,
    Cfg,
    cfg_of_arguments,
    changed_references,
    plain_cfg,
    plain_value,
    read_cfg,
    recorded,
    section_of,
    with_sections,
)
from models._ranks import on_rank_zero
from models._sections import CHECKS, OPTIM, SHARD, misfits_of, sections_of
from models._state import accept_wrappers, hide_wrappers, is_sharded, whole_state
from models.check_reports import callback_of
from models.checkpoints.archives import training_metadata
from models.checkpoints.pickle_free import as_torch_file, is_folder, is_pickle_free
from models.data._model import ModelData
from models.data._sources import KEYS
from models.errors import ConfigError
from models.optim._setup import callbacks_of, optimizers_of
from models.sharding import ConfigureModel
from models.sharding import Section as Shard
from neuraltypes import NeuralModule
from neuraltypes._archivable import CONSTRUCTED
from neuraltypes._restorable import class_only
from neuraltypes.archive._builder import values_of
from neuraltypes.config._omega import refused

if TYPE_CHECKING:
    from neuraltypes.archive._model import ConfigChanges
    from neuraltypes.archive._plan import OnMismatch
    from neuraltypes.config._fit import Section
    from neuraltypes.config._nodes import ConfigNode
    from neuraltypes.config.errors import Problem


class RestoreOptions(TypedDict, total=False):
    """What `NeuralModule.restore_from` takes."""

    config: ConfigChanges | None
    map_location: torch.device | str | None
    strict: bool
    verify: bool
    copy: bool
    prefix: str | None
    rename: Mapping[str, str] | None
    on_mismatch: OnMismatch
    expected_digest: str | None
    allow: Mapping[str, type] | None
    progress: bool
    public_key: str | os.PathLike[str] | None
    signature: str | os.PathLike[str] | None


class ModelPT(ModelData, NeuralModule, pl.LightningModule):
    """A `LightningModule` whose `forward` is typed, and whose constructor takes a `cfg` or typed keywords.

    `cfg` is what the model is made from, read-only: archives and checkpoints restore the model from it.

    Args:
        cfg: a `DictConfig`, a mapping, a dataclass or a YAML file. Where the subclass annotates its own `cfg` with a
            dataclass, that gives defaults and types. Without it, `cfg` shows what the subclass's constructor was given.
        trainer: see `set_trainer`.

    Raises:
        ConfigError: the config does not fit the dataclass; nothing is built yet.
    """

    late_cfg: ClassVar[frozenset[str]] = frozenset({CHECKS, OPTIM, SHARD, *KEYS.values()})
    """The keys of `cfg` that the constructor does not read, but the trainer later: `change_cfg` takes these."""

    __jit_unused_properties__: list[str] = [  # noqa: RUF012  # Lightning's own declaration
        *pl.LightningModule.__jit_unused_properties__,
        PARAMETER,
    ]

    def __init__(self, *, cfg: Cfg | None = None, trainer: pl.Trainer | None = None) -> None:
        super().__init__()
        given = self._given_config()
        self._set_cfg(cfg_of_arguments(given) if cfg is None else read_cfg(type(self), cfg))
        self._set_hparams(values_of(given))
        self._log_hyperparams = True
        if trainer is not None:
            self.set_trainer(trainer)

    @property
    def cfg(self) -> DictConfig:
        """What the model is made from. It is read-only; `change_cfg` changes what is read late."""
        return self._cfg

    @cfg.setter
    def cfg(self, value: object) -> None:
        raise AttributeError(
            f"cfg is what this {type(self).__name__} was made from; "
            f"change_cfg sets {', '.join(sorted(self.late_cfg))}, for anything else make a new model"
        )

    def change_cfg(self, **sections: Any) -> None:
        """Set keys of `cfg` that the constructor does not read; each is replaced whole.

        Raises:
            ConfigError: the constructor reads the key, or one that refers to it; or the value does not fit.
        """
        for name in sections:
            if name not in self.late_cfg:
                late = ", ".join(sorted(self.late_cfg))
                raise ConfigError(
                    f"the model is made from it; only {late} can change, else make a new model", place=name
                )
        changed = copy.deepcopy(self._cfg)
        OmegaConf.set_readonly(changed, False)
        try:
            for name, value in sections.items():
                OmegaConf.update(changed, name, value, merge=False, force_add=True)
        except OmegaConfBaseException as error:
            raise refused(error) from None
        if differing := next(changed_references(self._cfg, changed, self.late_cfg), None):
            raise ConfigError("would change with what it refers to, and the model is made from it", place=differing)
        plain = plain_cfg(changed)
        self.__dict__[CONSTRUCTED] = with_sections(
            type(self), self.__dict__[CONSTRUCTED], {name: plain[name] for name in sections}
        )
        self._set_cfg(changed)
        self._set_hparams(values_of(self._given_config()))

    def set_trainer(self, trainer: pl.Trainer) -> None:
        """Attach a trainer before it is asked to fit, for what depends on it, such as the number of steps.

        Raises:
            TypeError: it is none.
        """
        if not isinstance(trainer, pl.Trainer):
            raise TypeError(f"set_trainer: got a {type(trainer).__name__}, expected a pytorch_lightning.Trainer")
        self.trainer = trainer

    def save_to(
        self, path: str | os.PathLike[str], *, metadata: Mapping[str, Any] | None = None, progress: bool = True
    ) -> str:
        """Write weights, buffers, config, interface and artifacts to one file, whole or not at all; give its digest.

        In a distributed run all ranks call it, as `Trainer.save_checkpoint`: rank 0 writes, and when it returns the
        file is there for every rank. With a trainer attached, `metadata` has epoch and step under `"training"`.

        Raises:
            ArchiveError: part of the model cannot be archived, and is named; nothing was written. On every rank.
            OSError: the file cannot be written; what was there is still there. On every rank.
        """
        from neuraltypes.archive._model import save_model

        training = {} if self._trainer is None else {"training": training_metadata(self._trainer)}
        state = whole_state(self, self.state_dict()) if is_sharded(self) else None
        metadata = training | dict(metadata or {})
        return on_rank_zero(lambda: save_model(self, path, metadata, state=state, progress=progress))

    @class_only
    def restore_from(
        cls,  # noqa: N805  # a class method, which the linter does not see
        path: str | os.PathLike[str],
        *,
        trainer: pl.Trainer | None = None,
        **options: Unpack[RestoreOptions],
    ) -> Self:
        """A new model from an archive, with `trainer` attached; the other arguments are `NeuralModule.restore_from`'s.

        Raises:
            ArchiveError: the archive is damaged, or does not fit the class; nothing is half restored.
            OSError: the file cannot be read.
        """
        model = super().restore_from(path, **options)
        if trainer is not None:
            model.set_trainer(trainer)
        return model

    if not TYPE_CHECKING:  # to a type checker it is Lightning's own

        @class_only
        def load_from_checkpoint(cls, checkpoint_path, *args, **kwargs):  # noqa: N805  # a class method
            """Lightning's own, which also reads what `PickleFreeCheckpointIO` and a `ShardedStrategy` write."""
            if is_pickle_free(checkpoint_path) or is_folder(checkpoint_path):
                checkpoint_path = as_torch_file(checkpoint_path)
            return super().load_from_checkpoint(checkpoint_path, *args, **kwargs)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """The optimizer and schedule of `cfg.optim`.

        Raises:
            ConfigError: a key, value or pattern does not fit, or there is no such section.
        """
        return optimizers_of(self, section_of(self._cfg, OPTIM))

    if not TYPE_CHECKING:  # to a type checker it is Lightning's own
        configure_model = ConfigureModel()

    def configure_callbacks(self) -> Sequence[pl.Callback]:
        """Callbacks for `cfg.checks`, and for what `cfg.optim` asks for beside an optimizer."""
        reports = callback_of(section_of(self._cfg, CHECKS))
        return [*callbacks_of(section_of(self._cfg, OPTIM)), *([] if reports is None else [reports])]

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """torch's own, without `_orig_mod.` and `module.`, which compiling and wrapping a submodule put into names."""
        state = super().state_dict(*args, **kwargs)
        hide_wrappers(self, state, kwargs.get("prefix", ""))
        return state

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any) -> None:
        accept_wrappers(self, state_dict, prefix)
        super()._load_from_state_dict(state_dict, prefix, *args)

    if not TYPE_CHECKING:  # to a type checker they are Lightning's own

        @torch.compiler.disable
        @functools.wraps(pl.LightningModule.log)
        def log(self, *args, **kwargs):
            super().log(*args, **kwargs)

        @torch.compiler.disable
        @functools.wraps(pl.LightningModule.log_dict)
        def log_dict(self, *args, **kwargs):
            super().log_dict(*args, **kwargs)

    def save_hyperparameters(self, *args: Any, frame: FrameType | None = None, **kwargs: Any) -> None:
        """Lightning's own, with configs as plain data: a checkpoint of ours loads with `weights_only=True`."""
        super().save_hyperparameters(*args, frame=frame or sys._getframe(1), **kwargs)  # noqa: SLF001
        self.hparams.pop(TRAINER, None)
        for name, value in self.hparams.items():
            self.hparams[name] = plain_value(value)
        self._hparams_initial = copy.deepcopy(self._hparams)

    def to_config_dict(self) -> dict[str, Any]:
        """What the constructor was given, and its defaults, as plain data.

        Raises:
            archive.ConfigError: it was given something that is no data.
        """
        config = super().to_config_dict()
        return config | ({PARAMETER: plain_cfg(self._cfg)} if PARAMETER in config else {})

    @classmethod
    def _arguments_to_record(
        cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        return recorded(cls, args, kwargs)

    def _given_config(self) -> dict[str, Any]:
        return {name: value for name, value in super()._given_config().items() if name != TRAINER}

    @classmethod
    def _sections(cls) -> Mapping[str, Section]:
        return sections_of(cls, ModelPT)

    def _misfits(self, config: ConfigNode) -> Iterator[Problem]:
        yield from misfits_of(self, config, self._sections())

    def _shard(self) -> Shard:
        section = self._cfg.get(SHARD)
        found: Shard = plain_cfg(section, resolve=True) if OmegaConf.is_config(section) else section
        return found

    def _set_cfg(self, cfg: DictConfig) -> None:
        OmegaConf.set_readonly(cfg, True)
        self._cfg = cfg

    def _set_hparams(self, hp: Any) -> None:
        super()._set_hparams(hp)
        self._hparams_initial = copy.deepcopy(self._hparams)
