"""Configs: modules made of them, and the keys that a structured config has."""

from dataclasses import dataclass, field
from typing import Any

from omegaconf import DictConfig
from typing_extensions import assert_type

from neuraltypes import NeuralModule
from neuraltypes.config import as_config, instantiate


@dataclass
class EncoderConfig:
    width: int = 4
    rates: list[float] = field(default_factory=list)


@dataclass
class ClassifierConfig:
    encoder: EncoderConfig
    classes: int = 3
    note: str | None = None
    optim: dict[str, Any] | None = None


class Encoder(NeuralModule):
    def __init__(self, *, width: int, rate: float = 0.5, extra: Any = None) -> None:
        super().__init__()


class WideEncoder(Encoder):
    pass


class Decoder(NeuralModule):
    def __init__(self, *, encoder: Encoder, name: str = "decoder") -> None:
        super().__init__()


class Open(NeuralModule):
    def __init__(self, *, width: int = 3, **others: Any) -> None:
        super().__init__()


def made(config: DictConfig) -> None:
    assert_type(Encoder.from_config_dict(config), Encoder)
    assert_type(WideEncoder.from_config_dict({"width": 3}, allow=[dict]), WideEncoder)
    decoder: Decoder = Encoder.from_config_dict(config)  # E: Incompatible types in assignment  [assignment]
    assert_type(instantiate(config, Encoder), Encoder)
    reveal_type(instantiate(config))  # R: Any


class Model(NeuralModule):
    def __init__(self, *, cfg: ClassifierConfig | DictConfig | dict[str, Any]) -> None:
        super().__init__()
        self.cfg = as_config(cfg)
        self.encoder: Encoder = self.from_config_dict(self.cfg.encoder)
        self.decoder = Decoder.from_config_dict(self.cfg.decodr)  # E: has no key "decodr"  [config-key]
        assert_type(self.decoder, Decoder)
        reveal_type(self.cfg.optim.lr)  # R: Any

    def keys(self) -> None:
        assert_type(self.cfg.classes, int)
        self.cfg.encoder.width + 1
        self.cfg.encoder.widht  # E: The config of "EncoderConfig" has no key "widht"; did you mean "width"?  [config-key]
        self.cfg.clases  # E: The config of "ClassifierConfig" has no key "clases"; did you mean "classes"?  [config-key]
        if self.cfg.note is not None:
            self.cfg.note.upper()

    def is_a_container_too(self) -> None:
        self.cfg.get("other")
        self.cfg["encoder"]["width"]
        "other" in self.cfg
        for key in self.cfg:
            print(key, self.cfg.encoder.items())

    def is_the_dataclass_too(self) -> None:
        def width(cfg: EncoderConfig) -> int:
            return cfg.width

        def any_width(cfg: DictConfig) -> Any:
            return cfg.width

        width(self.cfg.encoder)
        any_width(self.cfg.encoder)

    def others(self) -> None:
        if hasattr(self.cfg, "other"):
            self.cfg.other
        self.cfg._metadata
        if "another" in self.cfg.encoder:
            self.cfg.encoder.another


class Writes(NeuralModule):
    def __init__(self, *, cfg: ClassifierConfig | DictConfig) -> None:
        super().__init__()
        self.cfg = as_config(cfg)
        self.cfg.encodr = 3  # E: has no key "encodr"; did you mean "encoder"?  [config-key]
        self.cfg.encoder.widht = 3  # E: The config of "EncoderConfig" has no key "widht"
        self.cfg.encoder.wdth += 3  # E: has no key "wdth"
        del self.cfg.encoder.widt  # E: has no key "widt"
        self.cfg.classes, self.cfg.clases = 3, 4  # E: has no key "clases"
        self.cfg.classes = "many"  # E: Incompatible types in assignment  [assignment]

    def known(self) -> None:
        self.cfg.classes = 4
        self.cfg.encoder.width += 1
        self.cfg.encoder = EncoderConfig()
        self.cfg.encoder.rates[0] = 0.5
        self.cfg.optim = {"lr": 3}
        self.cfg.optim.lr = 4
        self.cfg.optim.sched = {}
        self.cfg._private = 3
        self.cfg.another = 3  # the file has it as a string

    def names(self) -> None:
        cfg = self.cfg
        cfg.clases = 3  # E: has no key "clases"
        inner = cfg.encoder
        inner.widht = 3  # E: has no key "widht"
        inner.width = 3

        def inside(cfg: Any) -> None:
            cfg.clases = 3

    def a_name_of_two_configs(self, other: Any) -> None:
        cfg: Any = self.cfg
        if other is not None:
            cfg = other
        cfg.clases = 3


class Plain(NeuralModule):
    def __init__(self, *, cfg: DictConfig) -> None:
        super().__init__()
        self.cfg = cfg
        self.cfg.anything = 3
        self.cfg.anything.below = 3

    def anything(self) -> None:
        self.cfg.anything.at.all


class Inherits(Model):
    def keys_of_the_base(self) -> None:
        self.cfg.clases  # E: has no key "clases"


class Base(NeuralModule):
    def __init__(self, *, cfg: Any) -> None:
        super().__init__()
        self._cfg = as_config(cfg)

    @property
    def cfg(self) -> DictConfig:
        return self._cfg


class Derived(Base):
    def __init__(self, *, cfg: ClassifierConfig, other: int = 3) -> None:
        super().__init__(cfg=cfg)
        self.cfg.clases  # E: has no key "clases"
        super().cfg.anything


def outside(model: Model, plain: Plain) -> None:
    model.cfg.classes
    model.cfg.clases  # E: has no key "clases"
    plain.cfg.clases
    model.cfg.clases = 3  # E: has no key "clases"
    model.cfg.encoder.widht = 3  # E: has no key "widht"
    plain.cfg.clases = 3


def given(config: ClassifierConfig, other: DictConfig, data: dict[str, Any]) -> None:
    as_config(config).classes
    as_config(config).clases  # E: has no key "clases"
    as_config(EncoderConfig).widht  # E: has no key "widht"
    as_config(other).anything
    as_config(data).anything
    as_config(config).clases = 3  # E: has no key "clases"
    free = as_config(data)
    free.anything = 3
    structured: DictConfig = as_config(config)
    structured.anything = 3


def defaults(cls: type[Encoder]) -> None:
    config = Encoder.default_config()
    assert_type(config.width, int)
    config.width = 3
    config.rate
    config.widht  # E: The config of "Encoder" has no key "widht"; did you mean "width"?  [config-key]
    config.widht = 3  # E: has no key "widht"
    config.get("anything")
    config._target_
    config.extra.anything
    Decoder.default_config().encoder.widht  # E: The config of "Encoder" has no key "widht"
    Decoder.default_config().encoder.width
    Open.default_config().anything
    Open.default_config().anything = 3
    Decoder.default_config().encoder.widht = 3  # E: The config of "Encoder" has no key "widht"
    cls.default_config().widht  # E: has no key "widht"
    other: DictConfig = Encoder.default_config()
    other.anything
