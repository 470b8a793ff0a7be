"""Small data sets and a model for them."""

from typing import Any, NamedTuple

import pytorch_lightning as pl
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from models import ModelData, NeuralDataset
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AudioSignal, ChannelType, LabelsType, LengthsType, LogitsType, TokenIndex


class Bpe(TokenIndex):
    padding = 3


class Utterance(NamedTuple):
    audio: NeuralType[Float[Tensor, "time=t"], AudioSignal(freq=16000)]
    tokens: NeuralType[Int[Tensor, "time=u"], Bpe]
    text: str


class UtteranceBatch(NamedTuple):
    audio: NeuralType[Float[Tensor, "batch=b time=t"], AudioSignal(freq=16000)]
    audio_length: NeuralType[Int[Tensor, "batch=b"], LengthsType]
    tokens: NeuralType[Int[Tensor, "batch=b time=u"], Bpe]
    text: list[str]


class Speech(NeuralDataset[Utterance, UtteranceBatch]):
    """Item i has i + 2 samples and 5 - i tokens."""

    def __init__(self, n: int = 5) -> None:
        self.n = n

    def __getitem__(self, index: int) -> Utterance:
        return Utterance(torch.full((index + 2,), 1.0), torch.zeros(5 - index, dtype=torch.long), f"word {index}")

    def __len__(self) -> int:
        return self.n


class Point(NamedTuple):
    x: NeuralType[Float[Tensor, "channel=4"], ChannelType]
    y: NeuralType[Int[Tensor, ""], LabelsType]


class PointBatch(NamedTuple):
    x: NeuralType[Float[Tensor, "batch=b channel=4"], ChannelType]
    y: NeuralType[Int[Tensor, "batch=b"], LabelsType]


class Points(NeuralDataset[Point, PointBatch]):
    """`n` points, the same for the same seed."""

    def __init__(self, n: int, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.x = torch.randn(n, 4, generator=generator)
        self.y = torch.randint(3, (n,), generator=generator)

    def __getitem__(self, index: int) -> Point:
        return Point(self.x[index], self.y[index])

    def __len__(self) -> int:
        return len(self.x)


class Classifier(ModelData, NeuralModule, pl.LightningModule):
    """Three classes of points."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)
        self.norm = nn.BatchNorm1d(3)  # whose buffers processes exchange at each step

    def forward(
        self, *, x: NeuralType[Float[Tensor, "batch=b channel=4"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b k"], LogitsType]:
        return self.norm(self.linear(x))

    def training_step(self, batch: PointBatch, batch_idx: int) -> Tensor:
        return F.cross_entropy(self(x=batch.x), batch.y)

    def validation_step(self, batch: PointBatch, batch_idx: int, dataloader_idx: int = 0) -> Any:
        logits = self(x=batch.x)
        self.log_mean("loss", F.cross_entropy(logits, batch.y, reduction="none"))
        self.log_ratio("accuracy", (logits.argmax(-1) == batch.y).sum(), len(batch.y))

    test_step = validation_step

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def quiet_trainer(**options: Any) -> pl.Trainer:
    """A trainer of one epoch on the CPU that writes nothing."""
    quiet: dict[str, Any] = {
        "accelerator": "cpu",
        "max_epochs": 1,
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    return pl.Trainer(**quiet | options)
