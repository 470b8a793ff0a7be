"""Train on the CMU dictionary: `python -m models.phonemes [key=value ...]`, for example `trainer.max_epochs=20`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from models.commands import train
from models.main import main
from models.phonemes.dictionary import Pronunciations
from models.phonemes.model import LettersToPhonemes, LettersToPhonemesConfig
from models.runs import RunConfig


@dataclass
class PhonemesRun(RunConfig):
    """A run of the model, and words to pronounce at its end."""

    model: LettersToPhonemesConfig = field(default_factory=LettersToPhonemesConfig)
    words: list[str] = field(default_factory=list)


@main(config_path="../configs", config_name="train_letters_to_phonemes", allow=[Pronunciations])
def run(cfg: PhonemesRun) -> dict[str, float]:
    """Train on the CMU dictionary, test on words that were not trained on, and pronounce some."""
    finished = train(LettersToPhonemes, cfg)
    words = list(cfg.words)
    if finished.trainer.is_global_zero and words:
        for word, phonemes in zip(words, finished.model.predict(words), strict=True):
            print(f"{word}: {' '.join(phonemes)}")
    return finished.metrics


if __name__ == "__main__":
    sys.exit(run())
