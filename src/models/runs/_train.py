"""A whole run from one config: seed, model, training and test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import pytorch_lightning as pl
import torch
from omegaconf import DictConfig, OmegaConf

from models._cfg import Cfg, fitted, plain_cfg
from models.model_pt import ModelPT
from models.runs._config import RunConfig
from models.runs._trainer import trainer as make_trainer

Model = TypeVar("Model", bound=ModelPT)


@dataclass(frozen=True)
class Finished(Generic[Model]):
    """A run that is over: `metrics` are the last of training and validation, and those of the test."""

    model: Model
    trainer: pl.Trainer
    metrics: dict[str, float]
    folder: Path


def train(model: type[Model], cfg: Cfg, *, data: Mapping[str, Any] | None = None, **given: Any) -> Finished[Model]:
    """Seed, make the model of `cfg.model`, and train it with `runs.trainer(cfg.trainer)`; then test it.

        @main(config_path="configs", config_name="digits_run")  # models.main: overrides, --cfg job, --multirun
        def run(cfg: RunConfig) -> dict[str, float]:
            return runs.train(ImageClassifier, cfg).metrics

    `RunRecord` keeps what the run is made of: `train(model, folder / "record" / "config.yaml")` does it again.

    Args:
        model: the class; it is made by `model(cfg=cfg.model)`.
        cfg: a `RunConfig`, or a config, mapping or YAML file with its keys.
        data: what `Trainer.fit` takes beside the model, for a model whose data is not in its config.
        given: arguments of `pl.Trainer` that are objects, such as `callbacks`; they come before `cfg.trainer`.

    Raises:
        ConfigError: the config does not fit; nothing is made yet.
    """
    config = fitted(cfg, _schema(cfg), owner="a run")
    if config.seed is not None:
        pl.seed_everything(config.seed, workers=config.seed_workers, verbose=False)
    trainer = make_trainer(config.trainer, name=config.name, checks=config.checks, config=_to_record(config), **given)
    with _threads(config.threads):
        made = model(cfg=config.model)
        trainer.fit(made, ckpt_path=config.resume, **(data or {}))
        metrics = _numbers(trainer.callback_metrics)
        if config.test and made.cfg.get("test_ds") is not None:
            trainer.test(made, verbose=False)
            metrics |= _numbers(trainer.callback_metrics)
    return Finished(made, trainer, metrics, Path(trainer.log_dir or trainer.default_root_dir))


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    """Compute with that many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(before if number is None else number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _schema(cfg: Cfg) -> type:
    """`RunConfig`, or the subclass that `cfg` is of."""
    kind = OmegaConf.get_type(cfg) if isinstance(cfg, DictConfig) else type(cfg)
    return kind if isinstance(kind, type) and issubclass(kind, RunConfig) else RunConfig


def _to_record(config: DictConfig) -> DictConfig:
    """The config as it is written, without the trainer's arguments that nobody gave."""
    found = plain_cfg(config)
    found["trainer"] = {name: value for name, value in found["trainer"].items() if value is not None}
    return cast(DictConfig, OmegaConf.create(found))


def _numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in metrics.items()}
