"""Train the speech recogniser: `python -m models.speech [key=value ...]`, for example `trainer.max_epochs=20`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from models.commands import train
from models.main import main
from models.runs import RunConfig
from models.speech.recognizer import SpeechRecognizer, SpeechRecognizerConfig
from models.speech.spoken import SpokenDigits


@dataclass
class SpeechRun(RunConfig):
    """A run of the speech recogniser."""

    model: SpeechRecognizerConfig = field(default_factory=SpeechRecognizerConfig)


@main(config_path="../configs", config_name="train_speech_recognizer", allow=[SpokenDigits])
def run(cfg: SpeechRun) -> dict[str, float]:
    """Train the speech recogniser on digits that espeak-ng speaks, and test it on voices that it never heard."""
    return train(SpeechRecognizer, cfg).metrics


if __name__ == "__main__":
    sys.exit(run())
