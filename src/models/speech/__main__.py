"""Train the speech recogniser: `python -m models.speech [key=value ...]`, for example `trainer.max_epochs=20`."""

from __future__ import annotations

import sys

from models.main import main
from models.recipes import Recipe, train
from models.speech.recognizer import SpeechRecognizer
from models.speech.spoken import SpokenDigits


@main(config_path="../configs", config_name="train_speech_recognizer", allow=[SpokenDigits])
def run(cfg: Recipe) -> dict[str, float]:
    """Train the speech recogniser on digits that espeak-ng speaks, and test it on voices that it never heard."""
    return train(SpeechRecognizer, cfg)


if __name__ == "__main__":
    sys.exit(run())
