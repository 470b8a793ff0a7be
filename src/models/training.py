"""The language model as a `ModelPT`: its loss, and its held-out figures over every token once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytorch_lightning as pl
import torch
from jaxtyping import Float, Int
from omegaconf import DictConfig, OmegaConf
from tokenizers import Tokenizer
from torch import Tensor

from models.language_model import LanguageModel, LanguageModelConfig, NextTokenLoss, generate
from models.model_pt import ModelPT
from models.text import ScoredWindowBatch, WindowBatch
from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, LossType, TokenIndex


@dataclass
class TrainingConfig:
    """What a `LanguageModelTraining` is made of and trained with; `tokenizer` is the path of its file."""

    model: LanguageModelConfig = field(default_factory=LanguageModelConfig)
    tokenizer: str | None = None
    optim: dict[str, Any] | None = None
    checks: Any = None
    train_ds: dict[str, Any] | None = None
    validation_ds: dict[str, Any] | None = None


class LanguageModelTraining(ModelPT):
    """A `LanguageModel` with its loss and, as part of its archives, its tokenizer: `(B, T) -> (B, T, vocabulary)`."""

    def __init__(self, *, cfg: TrainingConfig | DictConfig | dict[str, Any] | str) -> None:
        super().__init__(cfg=cfg)
        self.model = LanguageModel.from_config_dict({"config": OmegaConf.to_container(self.cfg.model)})
        self.loss = NextTokenLoss()
        self.tokenizer: Tokenizer | None = None
        if self.cfg.tokenizer is not None:
            self.tokenizer = Tokenizer.from_file(str(self.register_artifact("tokenizer", self.cfg.tokenizer)))

    def forward(
        self, *, tokens: NeuralType[Int[Tensor, "batch=b time=t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "batch=b time=t vocabulary"], LogitsType]:
        logits: Tensor = self.model(tokens=tokens)
        return logits

    def losses(
        self, inputs: NeuralType[Int[Tensor, "b t"], TokenIndex], targets: NeuralType[Int[Tensor, "b t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "b t"], LossType]:
        """Nats per target."""
        nats: Tensor = self.loss(logits=self(tokens=inputs), targets=targets)
        return nats

    def training_step(self, batch: WindowBatch, batch_idx: int) -> Tensor:
        loss = self.losses(batch.tokens, batch.targets).mean()
        self.log("loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: ScoredWindowBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        nats = self.losses(batch.tokens, batch.targets)
        scored = torch.arange(nats.shape[1], device=nats.device) >= batch.skip[:, None]
        self.log_mean("loss", nats, weight=scored)
        self.log_ratio("bits_per_byte", nats[scored].double().sum() / math.log(2), batch.n_bytes.sum())

    def complete(self, prompt: str, *, n_new: int, temperature: float = 0.8, top_k: int = 40, seed: int = 0) -> str:
        """`prompt` and what the model writes after it, `n_new` tokens.

        Raises:
            ValueError: the prompt is empty, or the model has no tokenizer.
        """
        if self.tokenizer is None:
            raise ValueError("complete: the model was made without a tokenizer")
        tokens = self.tokenizer.encode(prompt).ids
        found = generate(self.model, tokens, n_new=n_new, temperature=temperature, top_k=top_k, seed=seed)
        return str(self.tokenizer.decode(found))


@dataclass(slots=True)
class Curves:
    """Nats per token of each training step, and held-out (step, nats per token, bits per byte)."""

    training: list[float] = field(default_factory=list)
    held_out: list[tuple[int, float, float]] = field(default_factory=list)


class RecordCurves(pl.Callback):
    """Keeps the curves of a run."""

    def __init__(self) -> None:
        self.curves = Curves()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        if isinstance(outputs, Mapping):
            self.curves.training.append(float(outputs["loss"]))

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        found = trainer.callback_metrics
        figures = float(found["val/loss"]), float(found["val/bits_per_byte"])
        self.curves.held_out.append((trainer.global_step, *figures))
