"""The demo's configuration: a typed schema, a YAML file over its defaults, and overrides from the command line."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import yaml  # type: ignore[import-untyped]  # what OmegaConf reads YAML with
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from models.errors import ConfigError
from models.language_model import LanguageModelConfig
from models.training import OptimizerConfig

__all__ = ["DEFAULT_FILE", "ConfigError", "DemoConfig", "load_config"]

_BYTES = 256
_PRECISIONS = ("32-true", "bf16-mixed", "bf16-true", "64-true")
DEFAULT_FILE = Path(__file__).parent / "configs" / "language_model.yaml"


Range = tuple[Callable[[float], bool], str]


def _from(least: float, *, below: float = math.inf) -> Range:
    return (lambda value: least <= value < below), f"{least} or more" + _limit(below)


def _above(bound: float, *, below: float = math.inf) -> Range:
    return (lambda value: bound < value < below), f"more than {bound}" + _limit(below)


def _limit(below: float) -> str:
    return "" if below == math.inf else f" and less than {below}"


def _require(section: str, config: object, ranges: Mapping[str, Range]) -> None:
    for name, (holds, expected) in ranges.items():
        value = getattr(config, name)
        if not holds(value):
            raise ValueError(f"{section}.{name} is {value}, expected {expected}")


@dataclass(frozen=True)
class DataConfig:
    """`bpe_dropout` is the probability with which a merge is skipped, in each of `segmentations` of the text."""

    held_out_fraction: float = 0.1
    bpe_dropout: float = 0.1
    segmentations: int = 16

    def __post_init__(self) -> None:
        _require("data", self, {"held_out_fraction": _above(0, below=1), "bpe_dropout": _from(0, below=1)})
        _require("data", self, {"segmentations": _from(1)})


@dataclass(frozen=True)
class TrainerConfig:
    """`steps` of `batch_size` windows; `checks` is "always", "first" or "off"; `clip` bounds the gradient's norm."""

    steps: int = 600
    batch_size: int = 16
    evaluations: int = 4
    clip: float = 1.0
    precision: str = "32-true"
    threads: int = 1
    seed: int = 0
    checks: str = "always"

    def __post_init__(self) -> None:
        counts = ("steps", "batch_size", "evaluations", "threads")
        _require("trainer", self, dict.fromkeys(counts, _from(1)) | {"seed": _from(0), "clip": _from(0)})
        if self.precision not in _PRECISIONS:
            raise ValueError(f'trainer.precision is "{self.precision}", expected one of {", ".join(_PRECISIONS)}')
        if self.checks == "False":  # how YAML reads a bare `off`
            object.__setattr__(self, "checks", "off")


@dataclass(frozen=True)
class SampleConfig:
    """What is generated at the end: `tokens` more after `prompt`."""

    prompt: str = 'The "with" statement'
    tokens: int = 120
    temperature: float = 0.8
    top_k: int = 40

    def __post_init__(self) -> None:
        _require("sample", self, {"tokens": _from(0), "temperature": _above(0), "top_k": _from(1)})
        if not self.prompt:
            raise ValueError("sample.prompt is empty, expected some text")


@dataclass(frozen=True)
class DemoConfig:
    """Everything that `models.demo` reads. Results go to the folder `output`."""

    output: str = "runs/language_model"
    model: LanguageModelConfig = field(default_factory=LanguageModelConfig)
    data: DataConfig = field(default_factory=DataConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    sample: SampleConfig = field(default_factory=SampleConfig)

    def __post_init__(self) -> None:
        if self.model.vocab_size < _BYTES:
            raise ValueError(
                f"model.vocab_size is {self.model.vocab_size}, expected {_BYTES} or more: one for each byte"
            )


def load_config(file: Path = DEFAULT_FILE, overrides: Sequence[str] = ()) -> DemoConfig:
    """The schema's defaults, then `file`, then `overrides` such as `trainer.steps=100`.

    Raises:
        ConfigError: the file is missing or malformed, or a key or value does not fit the schema.
    """
    merged = _merge(_schema(), str(file), partial(OmegaConf.load, file))
    for override in overrides:
        if "=" not in override:
            raise ConfigError(f'override "{override}" sets nothing; write key=value, for example trainer.steps=100')
        merged = _merge(merged, override, partial(OmegaConf.from_dotlist, [override]))
    try:
        return cast(DemoConfig, OmegaConf.to_object(merged))
    except OmegaConfBaseException as error:
        raise ConfigError(_explain(error)) from None
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _merge(config: DictConfig, source: str, read: Callable[[], Any]) -> DictConfig:
    """`config` under what `read` gives; errors name its `source`, a file or an override."""
    try:
        return cast(DictConfig, OmegaConf.merge(config, read()))
    except OmegaConfBaseException as error:
        raise ConfigError(f"{source}: {_explain(error)}") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{source}: {' '.join(str(error).split())}") from None


def _schema() -> DictConfig:
    schema = OmegaConf.structured(DemoConfig)
    # OmegaConf takes a frozen dataclass for a read-only node, but only the finished configuration is to be frozen.
    for node in (schema, *schema.values()):
        if isinstance(node, DictConfig):
            OmegaConf.set_readonly(node, False)
    return cast(DictConfig, schema)


def _explain(error: OmegaConfBaseException) -> str:
    key = str(getattr(error, "full_key", "") or "")
    known = {name.rpartition(".")[2]: name for name in _keys(DemoConfig)} | {name: name for name in _keys(DemoConfig)}
    close = difflib.get_close_matches(key, known, n=1)
    suggestion = f'; did you mean "{known[close[0]]}"?' if close and known[close[0]] != key else ""
    return f"{key}: {str(error).splitlines()[0]}".removeprefix(": ") + suggestion


def _keys(schema: Any, prefix: str = "") -> Iterable[str]:
    for item in fields(schema):
        yield prefix + item.name
        nested: Any = item.default_factory
        if is_dataclass(nested):
            yield from _keys(nested, f"{prefix}{item.name}.")
