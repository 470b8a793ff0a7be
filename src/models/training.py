"""Training of the language model with Lightning: AdamW, warm-up and cosine, held-out loss over every token once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pytorch_lightning as pl
import torch
from jaxtyping import Float, Int
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor

from models.language_model import LanguageModel, LanguageModelConfig, NextTokenLoss
from neuraltypes import NeuralType
from neuraltypes.elements import LossType, TokenIndex


@dataclass(frozen=True)
class OptimizerConfig:
    """AdamW. `warmup` is the fraction of the steps in which the rate rises to `peak_lr`."""

    peak_lr: float = 2e-3
    warmup: float = 0.05
    weight_decay: float = 0.1
    beta1: float = 0.9
    beta2: float = 0.99

    def __post_init__(self) -> None:
        if not self.peak_lr > 0:
            raise ValueError(f"optimizer.peak_lr is {self.peak_lr}, expected more than 0")
        if self.weight_decay < 0:
            raise ValueError(f"optimizer.weight_decay is {self.weight_decay}, expected 0 or more")
        for name in ("warmup", "beta1", "beta2"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"optimizer.{name} is {getattr(self, name)}, expected 0 or more and less than 1")


@dataclass(slots=True)
class Curves:
    """Nats per token of each training step, and held-out (step, nats per token, bits per byte)."""

    training: list[float] = field(default_factory=list)
    held_out: list[tuple[int, float, float]] = field(default_factory=list)


def lr_factor(step: int, *, steps: int, warmup: float) -> float:
    """Linear warm-up over the fraction `warmup` of the steps, then half a cosine that ends at zero after the last."""
    rising = max(round(steps * warmup), 1)
    if step < rising:
        return (step + 1) / rising
    progress = min((step - rising) / max(steps - rising, 1), 1.0)
    return 0.5 * (1 + math.cos(math.pi * progress))


class LanguageModelTraining(pl.LightningModule):
    """A `LanguageModel`, its loss and its optimizer; `held_out_bytes` turns nats into bits per byte."""

    def __init__(
        self, *, model: LanguageModelConfig, optimizer: OptimizerConfig, steps: int, held_out_bytes: int
    ) -> None:
        super().__init__()
        self.model = LanguageModel(config=model)
        self.loss = NextTokenLoss()
        self.optimizer_config = optimizer
        self.steps = steps
        self.held_out_bytes = held_out_bytes
        self.curves = Curves()
        self._nats, self._tokens = 0.0, 0

    def losses(
        self, inputs: NeuralType[Int[Tensor, "b t"], TokenIndex], targets: NeuralType[Int[Tensor, "b t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "b t"], LossType]:
        """Nats per target."""
        nats: Tensor = self.loss(logits=self.model(tokens=inputs), targets=targets)
        return nats

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        loss = self.losses(*batch).mean()
        self.curves.training.append(loss.item())
        self.log("loss", loss, prog_bar=True)
        return loss

    def on_validation_epoch_start(self) -> None:
        self._nats, self._tokens = 0.0, 0

    def validation_step(self, batch: tuple[Tensor, Tensor, Tensor], batch_idx: int) -> None:
        inputs, targets, skip = batch
        fresh = torch.arange(inputs.shape[1], device=inputs.device) >= skip[:, None]
        self._nats += self.losses(inputs, targets)[fresh].double().sum().item()
        self._tokens += int(fresh.sum())

    def on_validation_epoch_end(self) -> None:
        loss = self._nats / self._tokens
        bits_per_byte = self._nats / math.log(2) / self.held_out_bytes
        self.curves.held_out.append((self.global_step, loss, bits_per_byte))
        self.log_dict(
            {"held_out_loss": loss, "perplexity": math.exp(loss), "bits_per_byte": bits_per_byte}, prog_bar=True
        )

    def configure_optimizers(self) -> OptimizerLRScheduler:
        c = self.optimizer_config
        matrices = [p for p in self.model.blocks.parameters() if p.ndim == 2]
        chosen = set(map(id, matrices))
        others = [p for p in self.model.parameters() if id(p) not in chosen]
        groups: list[dict[str, Any]] = [{"params": matrices}, {"params": others, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=c.peak_lr, betas=(c.beta1, c.beta2), weight_decay=c.weight_decay)
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: lr_factor(step, steps=self.steps, warmup=c.warmup)
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}
