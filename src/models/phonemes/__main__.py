"""Train on the CMU dictionary: `python -m models.phonemes [key=value ...]`, for example `trainer.max_epochs=20`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from models.main import main
from models.phonemes.dictionary import Pronunciations
from models.phonemes.model import LettersToPhonemes, LettersToPhonemesConfig


@dataclass
class TrainConfig:
    """A model, what Lightning's `Trainer` takes, words to pronounce at the end, and the path of the archive."""

    model: LettersToPhonemesConfig = field(default_factory=LettersToPhonemesConfig)
    trainer: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    words: list[str] = field(default_factory=list)
    output: str = "runs/letters_to_phonemes.nt"


@main(config_path="../configs", config_name="train_letters_to_phonemes", allow=[Pronunciations])
def run(cfg: TrainConfig) -> dict[str, float]:
    """Train on the CMU dictionary, test on words that were not trained on, and pronounce some."""
    pl.seed_everything(cfg.seed, verbose=False)
    model = LettersToPhonemes(cfg=cfg.model)
    trainer = pl.Trainer(**cfg.trainer)
    trainer.fit(model)
    metrics = {name: value for found in trainer.test(model) for name, value in found.items()}
    for word, phonemes in zip(cfg.words, model.predict(list(cfg.words)), strict=True):
        print(f"{word}: {' '.join(phonemes)}")
    Path(cfg.output).parent.mkdir(parents=True, exist_ok=True)
    model.save_to(cfg.output)
    print(f"{sum(weight.numel() for weight in model.parameters()):,} parameters, archive: {cfg.output}")
    return metrics


if __name__ == "__main__":
    sys.exit(run())
