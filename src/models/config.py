"""The demo's configuration: a typed schema, a YAML file over its defaults, and overrides from the command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from models.language_model import LanguageModelConfig
from models.training import OptimizerConfig

DEFAULT_FILE = Path(__file__).parent / "configs" / "language_model.yaml"


class ConfigError(ValueError):
    """A configuration that does not fit its schema; the message names the key."""


@dataclass(frozen=True)
class DataConfig:
    """`bpe_dropout` is the probability with which a merge is skipped, in each of `segmentations` of the text."""

    held_out_fraction: float = 0.1
    bpe_dropout: float = 0.1
    segmentations: int = 16


@dataclass(frozen=True)
class TrainerConfig:
    """`steps` of `batch_size` windows; `checks` is "always", "first" or "off"; `clip` bounds the gradient's norm."""

    steps: int = 800
    batch_size: int = 16
    evaluations: int = 4
    clip: float = 1.0
    precision: str = "32-true"
    threads: int = 2
    seed: int = 0
    checks: str = "always"


@dataclass(frozen=True)
class SampleConfig:
    """What is generated at the end: `tokens` more after `prompt`."""

    prompt: str = 'The "with" statement'
    tokens: int = 120
    temperature: float = 0.8
    top_k: int = 40


@dataclass(frozen=True)
class DemoConfig:
    """Everything that `models.demo` reads. Results go to the folder `output`."""

    output: str = "runs/language_model"
    model: LanguageModelConfig = field(default_factory=LanguageModelConfig)
    data: DataConfig = field(default_factory=DataConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    sample: SampleConfig = field(default_factory=SampleConfig)


def load_config(file: Path = DEFAULT_FILE, overrides: Sequence[str] = ()) -> DemoConfig:
    """The schema's defaults, then `file`, then `overrides` such as `trainer.steps=100`.

    Raises:
        ConfigError: the file is missing or malformed, or a key or value does not fit the schema.
    """
    for override in overrides:
        if "=" not in override:
            raise ConfigError(f'override "{override}" sets nothing; write key=value, for example trainer.steps=100')
    try:
        merged = OmegaConf.merge(_schema(), OmegaConf.load(file), OmegaConf.from_dotlist([*overrides]))
        return cast(DemoConfig, OmegaConf.to_object(merged))
    except OmegaConfBaseException as error:
        raise ConfigError(_explain(error)) from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: {error}") from None


def _schema() -> DictConfig:
    schema = OmegaConf.structured(DemoConfig)
    # OmegaConf takes a frozen dataclass for a read-only node, but only the finished configuration is to be frozen.
    for node in (schema, *schema.values()):
        if isinstance(node, DictConfig):
            OmegaConf.set_readonly(node, False)
    return cast(DictConfig, schema)


def _explain(error: OmegaConfBaseException) -> str:
    key = str(getattr(error, "full_key", "") or "")
    reason = str(error).splitlines()[0]
    close = difflib.get_close_matches(key, list(_keys(DemoConfig)), n=1)
    return f"{key}: {reason}" + (f'; did you mean "{close[0]}"?' if close and close[0] != key else "")


def _keys(schema: Any, prefix: str = "") -> Iterable[str]:
    for item in fields(schema):
        yield prefix + item.name
        nested: Any = item.default_factory
        if is_dataclass(nested):
            yield from _keys(nested, f"{prefix}{item.name}.")
