"""Train the image classifier: `python -m models.vision [key=value ...]`, for example `trainer.max_epochs=20`."""

from __future__ import annotations

import sys

from models.main import main
from models.recipes import Recipe, train
from models.vision.classifier import ImageClassifier
from models.vision.digits import Digits


@main(config_path="../configs", config_name="train_image_classifier", allow=[Digits])
def run(cfg: Recipe) -> dict[str, float]:
    """Train the image classifier on scikit-learn's digits, and test it."""
    return train(ImageClassifier, cfg)


if __name__ == "__main__":
    sys.exit(run())
