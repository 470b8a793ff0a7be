"""The image classifier: an encoder, a decoder and a loss from a config; training, evaluation and prediction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jaxtyping import Float, Int
from omegaconf import DictConfig
from torch import Tensor

from models.model_pt import ModelPT
from models.vision.digits import CLASSES, DigitBatch
from models.vision.residual import ClassificationLoss, ImageEncoder, LinearClassifier
from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, NormalizedImageValue, PredictionsType


@dataclass
class EncoderConfig:
    """Sizes of an `ImageEncoder`."""

    channels: int = 1
    width: int = 32
    depth: int = 3


@dataclass
class ImageClassifierConfig:
    """What an `ImageClassifier` is made of, trained with, and on."""

    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    classes: int = CLASSES
    label_smoothing: float = 0.0
    optim: dict[str, Any] | None = None
    train_ds: dict[str, Any] | None = None
    validation_ds: dict[str, Any] | None = None
    test_ds: dict[str, Any] | None = None


class ImageClassifier(ModelPT):
    """Which of several classes an image is of: `(B, C, H, W) -> (B, classes)`."""

    def __init__(self, *, cfg: ImageClassifierConfig | DictConfig | dict[str, Any] | str) -> None:
        super().__init__(cfg=cfg)
        self.classes: int = self.cfg.classes
        self.encoder = ImageEncoder.from_config_dict(self.cfg.encoder)
        self.decoder = LinearClassifier(d_model=self.encoder.d_model, classes=self.classes)
        self.loss = ClassificationLoss(label_smoothing=self.cfg.label_smoothing)

    def forward(
        self, *, image: NeuralType[Float[Tensor, "batch=b channels h w"], NormalizedImageValue]
    ) -> NeuralType[Float[Tensor, "batch=b {self.classes}"], LogitsType]:
        return self.decoder(encoded=self.encoder(image=image))

    def postprocess(
        self, *, logits: NeuralType[Float[Tensor, "batch=b classes"], LogitsType]
    ) -> NeuralType[Int[Tensor, "batch=b"], PredictionsType]:
        """The likeliest class of each image."""
        return logits.argmax(dim=-1)

    def training_step(self, batch: DigitBatch, batch_idx: int) -> Tensor:
        loss = self.loss(logits=self(image=batch.image), labels=batch.label).mean()
        self.log("loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: DigitBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        self._score(batch)

    def test_step(self, batch: DigitBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        self._score(batch)

    def _score(self, batch: DigitBatch) -> None:
        logits = self(image=batch.image)
        self.log_mean("loss", self.loss(logits=logits, labels=batch.label))
        self.log_ratio("accuracy", (logits.argmax(dim=-1) == batch.label).sum(), len(batch.label))
