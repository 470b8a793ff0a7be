"""What `python -m models.vision`, `python -m models.speech` and `python -m models.phonemes` have in common."""

from __future__ import annotations

from typing import TypeVar

from pytorch_lightning.callbacks import ModelCheckpoint

from models import runs
from models.checkpoints.archives import ArchiveCheckpoint
from models.model_pt import ModelPT

_ARCHIVE = "model"


Model = TypeVar("Model", bound=ModelPT)


def train(model: type[Model], cfg: runs.RunConfig) -> runs.Finished[Model]:
    """Train as `runs.train` does, with an archive, and print where it is and how the test went.

    Raises:
        ConfigError: the config does not fit; nothing is made yet.
    """
    checkpoint = ModelCheckpoint(filename=_ARCHIVE)
    finished = runs.train(model, cfg, callbacks=[checkpoint, ArchiveCheckpoint()])
    if finished.trainer.is_global_zero:
        for name, value in finished.metrics.items():
            print(f"{name:24} {value:.4f}")
        print(f"archive: {checkpoint.best_model_path.removesuffix('.ckpt')}.nt")
    return finished
