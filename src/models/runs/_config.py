"""The config of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING


@dataclass
class TrainerConfig:
    """Arguments of `pl.Trainer` that are data; null is what Lightning does without the argument."""

    accelerator: str | None = None
    strategy: str | None = None
    devices: Any = None
    num_nodes: int | None = None
    precision: Any = None
    logger: bool | None = None
    fast_dev_run: Any = None
    max_epochs: int | None = None
    min_epochs: int | None = None
    max_steps: int | None = None
    min_steps: int | None = None
    max_time: Any = None
    limit_train_batches: Any = None
    limit_val_batches: Any = None
    limit_test_batches: Any = None
    limit_predict_batches: Any = None
    overfit_batches: Any = None
    val_check_interval: Any = None
    check_val_every_n_epoch: int | None = None
    num_sanity_val_steps: int | None = None
    log_every_n_steps: int | None = None
    enable_checkpointing: bool | None = None
    enable_progress_bar: bool | None = None
    enable_model_summary: bool | None = None
    accumulate_grad_batches: int | None = None
    gradient_clip_val: float | None = None
    gradient_clip_algorithm: str | None = None
    deterministic: Any = None
    benchmark: bool | None = None
    inference_mode: bool | None = None
    use_distributed_sampler: bool | None = None
    profiler: str | None = None
    detect_anomaly: bool | None = None
    barebones: bool | None = None
    sync_batchnorm: bool | None = None
    reload_dataloaders_every_n_epochs: int | None = None
    default_root_dir: str | None = None


@dataclass
class RunConfig:
    """The config of a run. A subclass may say `model: ItsConfig`, so that its keys are checked, too.

    `seed` and `seed_workers` go to `seed_everything` (null: nothing is seeded). `threads` is how many torch computes
    with during the run (null: as many as before); the last bits of a result depend on it. `checks` is as that of a
    model, `name` a folder for runs of this kind, `resume` a checkpoint to go on from; with `test`, a model that has a
    `test_ds` is tested after the training.
    """

    model: Any = MISSING
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    seed: int | None = 0
    seed_workers: bool = True
    threads: int | None = None
    checks: Any = None
    name: str = ""
    resume: str | None = None
    test: bool = True
