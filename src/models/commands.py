"""What `python -m models.vision`, `python -m models.speech` and their like have in common."""

from __future__ import annotations

from pytorch_lightning.callbacks import ModelCheckpoint

from models import runs
from models.checkpoints.archives import ArchiveCheckpoint
from models.model_pt import ModelPT

_ARCHIVE = "model"


def train(model: type[ModelPT], cfg: runs.RunConfig) -> dict[str, float]:
    """Train as `runs.train` does, with an archive, and print where it is and how the test went; the metrics.

    Raises:
        ConfigError: the config does not fit; nothing is made yet.
    """
    checkpoint = ModelCheckpoint(filename=_ARCHIVE)
    finished = runs.train(model, cfg, callbacks=[checkpoint, ArchiveCheckpoint()])
    if finished.trainer.is_global_zero:
        for name, value in finished.metrics.items():
            print(f"{name:24} {value:.4f}")
        print(f"archive: {checkpoint.best_model_path.removesuffix('.ckpt')}.nt")
    return finished.metrics
