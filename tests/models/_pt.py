"""Small models for the tests of `ModelPT`: one from a `cfg`, one from typed keywords, one with its own epoch data."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from jaxtyping import Float, Int
from omegaconf import DictConfig
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from models import ModelPT
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogitsType

Batch = list[Tensor]


@dataclass
class EncoderConfig:
    width: int = 8
    dropout: float = 0.0


@dataclass
class ClassifierConfig:
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    hidden: int = "${encoder.width}"  # type: ignore[assignment]  # an interpolation
    classes: int = 3
    vocabulary: str | None = None
    optim: dict[str, Any] | None = None
    train_ds: dict[str, Any] | None = None
    shard: Any = None


class Encoder(NeuralModule):
    def __init__(self, *, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.linear = nn.Linear(4, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, *, x: Float[Tensor, "b 4"]) -> Float[Tensor, "b {self.linear.out_features}"]:
        encoded: Tensor = self.dropout(self.linear(x).relu())
        return encoded


class Classifier(ModelPT):
    def __init__(
        self, *, cfg: ClassifierConfig | DictConfig | dict[str, Any], trainer: pl.Trainer | None = None
    ) -> None:
        super().__init__(cfg=cfg, trainer=trainer)
        self.encoder = Encoder(width=self.cfg.hidden, dropout=self.cfg.encoder.dropout)
        self.norm = nn.BatchNorm1d(self.cfg.hidden)
        self.decoder = nn.Linear(self.cfg.hidden, self.cfg.classes)
        if self.cfg.vocabulary is not None:
            self.words = self.register_artifact("vocabulary", self.cfg.vocabulary).read_text()

    def forward(self, *, x: Float[Tensor, "b 4"]) -> NeuralType[Float[Tensor, "b classes"], LogitsType]:
        logits: Tensor = self.decoder(self.norm(self.encoder(x=x)))
        return logits

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        loss = F.cross_entropy(self(x=batch[0]), batch[1])
        self.log("loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        self.log("val_loss", F.cross_entropy(self(x=batch[0]), batch[1]), sync_dist=True)

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        self.log("test_loss", F.cross_entropy(self(x=batch[0]), batch[1]))

    def predict_step(self, batch: Batch, batch_idx: int, dataloader_idx: int = 0) -> Int[Tensor, "b"]:
        labels: Tensor = self(x=batch[0]).argmax(-1)
        return labels

    def configure_optimizers(self) -> Any:
        if self.cfg.optim is not None:
            return super().configure_optimizers()
        return torch.optim.AdamW(self.parameters(), lr=0.01)


class Keywords(ModelPT):
    """Made from typed keywords."""

    def __init__(self, *, width: int = 8, sizes: tuple[int, ...] = (1, 2), optim: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.linear = nn.Linear(4, width)

    def forward(self, *, x: Float[Tensor, "b 4"]) -> Float[Tensor, "b width"]:
        encoded: Tensor = self.linear(x)
        return encoded

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        return F.cross_entropy(self(x=batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def data(n: int = 24, seed: int = 0) -> TensorDataset:
    """Points of three classes, which a line tells apart."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 4, generator=generator)
    return TensorDataset(x, (x[:, 0] > 0).long() + (x[:, 1] > 0).long())


def loader(n: int = 24, *, batch_size: int = 4, shuffle: bool = False, seed: int = 0) -> DataLoader[Any]:
    return DataLoader(data(n, seed), batch_size=batch_size, shuffle=shuffle)


def trainer(folder: Path, **options: Any) -> pl.Trainer:
    """A quiet trainer on the CPU."""
    quiet: dict[str, Any] = {
        "accelerator": "cpu",
        "devices": 1,
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "max_epochs": 1,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pl.Trainer(default_root_dir=folder, **(quiet | options))


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    first, second = one.state_dict(), other.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)
