"""Training a model from the command line: a recipe says what it is made of, how it is trained, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from models.model_pt import ModelPT


@dataclass
class Recipe:
    """A model's config and data, arguments of Lightning's `Trainer`, a seed, and the path of the archive."""

    model: dict[str, Any]
    trainer: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    output: str = "runs/model.nt"


def train(model_class: type[ModelPT], recipe: Recipe) -> dict[str, float]:
    """Fit a model, test it and write its archive; its metrics on the test data.

    Raises:
        ConfigError: the model's config does not fit; nothing was trained.
    """
    pl.seed_everything(recipe.seed, verbose=False)
    model = model_class.from_config_dict(recipe.model)
    trainer = pl.Trainer(**recipe.trainer)
    trainer.fit(model)
    found = trainer.test(model)
    Path(recipe.output).parent.mkdir(parents=True, exist_ok=True)
    model.save_to(recipe.output)
    print(f"{sum(weight.numel() for weight in model.parameters()):,} parameters, archive: {recipe.output}")
    return {name: value for metrics in found for name, value in metrics.items()}
