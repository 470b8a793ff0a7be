"""The demo's configuration: its schema, and which values it takes. The file is `configs/language_model.yaml`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from models.check_reports import callback_of
from models.errors import ConfigError
from models.language_model import LanguageModelConfig
from neuraltypes.config._omega import refused

_BYTES = 256
_PRECISIONS = ("32-true", "bf16-mixed", "bf16-true", "64-true")

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


@dataclass
class DataConfig:
    """`bpe_dropout` is the probability with which a merge is skipped, in each of `segmentations` of the text."""

    held_out_fraction: float = 0.1
    bpe_dropout: float = 0.1
    segmentations: int = 16

    def __post_init__(self) -> None:
        _require("data", self, {"held_out_fraction": _above(0, below=1), "bpe_dropout": _from(0, below=1)})
        _require("data", self, {"segmentations": _from(1)})


@dataclass
class TrainerConfig:
    """`steps` of `batch_size` windows, with `evaluations` on held-out text."""

    steps: int = 600
    batch_size: int = 16
    evaluations: int = 4
    precision: str = "32-true"
    threads: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        counts = ("steps", "batch_size", "evaluations", "threads")
        _require("trainer", self, dict.fromkeys(counts, _from(1)) | {"seed": _from(0)})
        if self.precision not in _PRECISIONS:
            raise ValueError(f'trainer.precision is "{self.precision}", expected one of {", ".join(_PRECISIONS)}')


@dataclass
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


@dataclass
class DemoConfig:
    """Everything that `models.demo` reads. Results go to the folder `output`; `optim` and `checks` are `ModelPT`'s."""

    output: str = "runs/language_model"
    model: LanguageModelConfig = field(default_factory=LanguageModelConfig)
    data: DataConfig = field(default_factory=DataConfig)
    optim: dict[str, Any] = field(default_factory=dict)
    checks: Any = "always"
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    sample: SampleConfig = field(default_factory=SampleConfig)

    def __post_init__(self) -> None:
        callback_of(self.checks)  # which says what a policy can be
        if self.model.vocab_size < _BYTES:
            raise ValueError(
                f"model.vocab_size is {self.model.vocab_size}, expected {_BYTES} or more: one for each byte"
            )


def checked(config: Any) -> DemoConfig:
    """The configuration as an object, its values in their ranges.

    Raises:
        ConfigError: one is not.
    """
    try:
        found = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(DemoConfig), config))
    except OmegaConfBaseException as error:
        raise refused(error) from None
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(str(error)) from None
    assert isinstance(found, DemoConfig)
    return found
