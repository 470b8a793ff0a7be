"""Train the image classifier: `python -m models.vision [key=value ...]`, for example `trainer.max_epochs=20`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from models.commands import train
from models.main import main
from models.runs import RunConfig
from models.vision.classifier import ImageClassifier, ImageClassifierConfig
from models.vision.digits import Digits


@dataclass
class VisionRun(RunConfig):
    """A run of the image classifier."""

    model: ImageClassifierConfig = field(default_factory=ImageClassifierConfig)


@main(config_path="../configs", config_name="train_image_classifier", allow=[Digits])
def run(cfg: VisionRun) -> dict[str, float]:
    """Train the image classifier on scikit-learn's digits, and test it."""
    return train(ImageClassifier, cfg).metrics


if __name__ == "__main__":
    sys.exit(run())
