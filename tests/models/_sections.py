"""A model with all sections in its config, and data sets that fit it or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from omegaconf import DictConfig
from torch import Tensor, nn
from torch.nn import functional as F

from models import ModelPT, NeuralDataset
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LabelsType, LogitsType


class Item(NamedTuple):
    x: Float[Tensor, "4"]
    y: NeuralType[Int[Tensor, ""], LabelsType]


class Points(NeuralDataset[Item]):
    """Points of which the label is the largest coordinate of the first three."""

    def __init__(self, *, n: int, seed: int = 0) -> None:
        self.x = torch.randn(n, 4, generator=torch.Generator().manual_seed(seed))

    def __getitem__(self, index: int) -> Item:
        return Item(self.x[index], self.x[index, :3].argmax())

    def __len__(self) -> int:
        return len(self.x)


class Wide(NamedTuple):
    x: Float[Tensor, "5"]
    y: NeuralType[Int[Tensor, ""], LabelsType]


class WidePoints(NeuralDataset[Wide]):
    def __init__(self, *, n: int) -> None:
        raise AssertionError("a check makes no data set")

    def __getitem__(self, index: int) -> Wide:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


class Encoder(NeuralModule):
    def __init__(self, *, width: int = 8) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(4, width)

    def forward(self, *, x: Float[Tensor, "b 4"]) -> NeuralType[Float[Tensor, "b {self.width}"], EncodedRepresentation]:
        encoded: Tensor = self.linear(x).relu()
        return encoded


class Decoder(NeuralModule):
    def __init__(self, *, width: int = 8, classes: int = 3) -> None:
        super().__init__()
        self.width, self.classes = width, classes
        self.linear = nn.Linear(width, classes)

    def forward(
        self, *, encoded: NeuralType[Float[Tensor, "b {self.width}"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b {self.classes}"], LogitsType]:
        logits: Tensor = self.linear(encoded)
        return logits


@dataclass
class EncoderConfig:
    width: int = 8


@dataclass
class DecoderConfig:
    width: int = 8
    classes: int = 3


@dataclass
class ClassifierConfig:
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    checks: Any = None
    optim: dict[str, Any] | None = None
    train_ds: dict[str, Any] | None = None
    validation_ds: dict[str, Any] | None = None


class Classifier(ModelPT):
    def __init__(self, *, cfg: ClassifierConfig | DictConfig | dict[str, Any] | Path) -> None:
        super().__init__(cfg=cfg)
        self.encoder = Encoder.from_config_dict(self.cfg.encoder)
        self.decoder = Decoder.from_config_dict(self.cfg.decoder)

    def forward(self, *, x: Float[Tensor, "b 4"]) -> NeuralType[Float[Tensor, "b classes"], LogitsType]:
        logits: Tensor = self.decoder(encoded=self.encoder(x=x))
        return logits

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        return F.cross_entropy(self(x=batch.x), batch.y)

    def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
        logits = self(x=batch.x)
        self.log_mean("loss", F.cross_entropy(logits, batch.y, reduction="none"))
        self.log_ratio("accuracy", (logits.argmax(-1) == batch.y).sum(), len(batch.y))


class OwnOptimizer(Classifier):
    """Its sections are its own affair."""

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=self.cfg.optim.rate)

    def dataset_from_config(self, config: Any, place: str) -> Any:
        return Points(n=config["size"])


class Keywords(ModelPT):
    def __init__(
        self, *, width: int = 8, optim: dict[str, Any] | None = None, train_ds: dict[str, Any] | None = None
    ) -> None:
        super().__init__()
        self.encoder = Encoder(width=width)

    def forward(self, *, x: Float[Tensor, "b 4"]) -> Float[Tensor, "b c"]:
        encoded: Tensor = self.encoder(x=x)
        return encoded

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        return F.cross_entropy(self(x=batch.x), batch.y)
