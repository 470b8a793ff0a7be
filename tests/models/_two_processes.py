"""What `test_processes.py` runs in two processes: `python _two_processes.py RANK PORT FOLDER`."""

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
import torch.distributed as dist
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning.callbacks import ModelCheckpoint
from torch.distributed.tensor import DTensor
from torch.utils.data import DistributedSampler

from models import ArchiveCheckpoint, ExactResume, PickleFreeCheckpointIO, ResumableLoader, runs
from neuraltypes import CheckError, set_checks
from neuraltypes.archive import StateError
from tests.models._pt import Classifier, data, loader


class Watched(Classifier):
    """Logs a mean over an epoch; normalises nothing by batches, whose sizes differ between one process and two."""

    def __init__(self, *, cfg: Any, trainer: pl.Trainer | None = None) -> None:
        super().__init__(cfg=cfg, trainer=trainer)
        self.norm = torch.nn.Identity()  # type: ignore[assignment]

    def training_step(self, batch: list[torch.Tensor], batch_idx: int) -> torch.Tensor:
        loss = super().training_step(batch, batch_idx)
        self.log("mean_loss", loss, on_epoch=True, sync_dist=True)
        return loss


def classifier() -> Watched:
    torch.manual_seed(3)
    return Watched(cfg={"optim": {"name": "sgd", "lr": 0.1, "sched": {"name": "linear"}}})


def trainer(folder: Path, *, devices: int, **options: Any) -> pl.Trainer:
    given: dict[str, Any] = {
        "accelerator": "cpu",
        "devices": devices,
        "strategy": "ddp" if devices > 1 else "auto",
        "logger": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "enable_checkpointing": False,
        "default_root_dir": folder,
        "max_epochs": 2,
        "plugins": [PickleFreeCheckpointIO(), *([LightningEnvironment()] if devices > 1 else [])],
        "use_distributed_sampler": False,
    }
    return pl.Trainer(**(given | options))


def batches(size: int, rank: int | None = None) -> ResumableLoader[Any]:
    """All items in order; with a rank, its share of each batch (Lightning's own sampler would shuffle)."""
    sampler: DistributedSampler[Any] | None = (
        None if rank is None else DistributedSampler(data(), num_replicas=2, rank=rank, shuffle=False)
    )
    return ResumableLoader(data(), batch_size=size, sampler=sampler)


def results(model: pl.LightningModule, run: pl.Trainer) -> dict[str, Any]:
    parameters = [parameter.detach() for parameter in model.parameters()]
    whole = [parameter.full_tensor() if isinstance(parameter, DTensor) else parameter for parameter in parameters]
    metrics = {
        name: float(value) for name, value in run.callback_metrics.items() if name in ("val_loss", "mean_loss_epoch")
    }
    weights = torch.cat([parameter.flatten() for parameter in whole])
    return {"weights": weights.tolist(), "metrics": metrics, "step": run.global_step}


def main(rank: int, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    kept = ModelCheckpoint(folder / "two", filename="{epoch}", save_top_k=-1)
    run = trainer(folder, devices=2, callbacks=[kept, ArchiveCheckpoint(), ExactResume()], enable_checkpointing=True)
    model = classifier()
    run.fit(model, batches(4, rank), loader(8))
    found["trained"] = results(model, run)
    found["files"] = sorted(path.name for path in (folder / "two").iterdir())
    found["digest"] = model.save_to(folder / "model.nt")
    found["is there"] = (folder / "model.nt").exists()
    restored = Watched.restore_from(folder / "model.nt", trainer=run)
    found["restored"] = all(torch.equal(a, b) for a, b in zip(restored.parameters(), model.parameters(), strict=True))
    for name, path in (("folder", folder / "none" / "model.nt"), ("state", folder / "x.nt")):
        if name == "state":
            model.register_buffer("sparse", torch.eye(2).to_sparse())
        try:
            model.save_to(path)
        except (OSError, StateError) as error:
            found[name] = f"{type(error).__name__}: {error}"
    for name, start in (("resumed", folder / "two" / "epoch=0.ckpt"), ("from one", folder / "one" / "epoch=0.ckpt")):
        model = classifier()
        run = trainer(folder, devices=2, callbacks=[ExactResume()])
        run.fit(model, batches(4, rank), loader(8), ckpt_path=start)
        found[name] = results(model, run)
    try:
        model(x=torch.zeros(2, 5))
    except CheckError as error:
        found["checked"] = type(error).__name__
    return found


class Fails(Watched):
    """Fails on one rank alone."""

    rank = 1

    def training_step(self, batch: list[torch.Tensor], batch_idx: int) -> torch.Tensor:
        if self.global_rank == self.rank and batch_idx == 1:
            raise ValueError("this rank has had enough")
        return super().training_step(batch, batch_idx)


def run_process(main: Callable[[int, Path], dict[str, Any]], **options: Any) -> None:
    """Be the process that the command line asks for: write down what `main` finds, or fail."""
    warnings.simplefilter("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    set_checks("always")
    _, rank, port, folder, what = sys.argv
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "LOCAL_RANK": rank, "NODE_RANK": "0"}
    if what.startswith("fail"):
        Fails.rank = int(what.removeprefix("fail"))
        section = {"accelerator": "cpu", "devices": 2, "strategy": "ddp", "max_epochs": 2, "enable_progress_bar": False}
        plugins = [LightningEnvironment()]
        run = runs.trainer({**section, **options}, default_root_dir=folder, plugins=plugins)
        run.fit(Fails(cfg={"optim": {"name": "sgd", "lr": 0.1}}), batches(4, int(rank)), loader(8))
    else:
        report = main(int(rank), Path(folder))
        (Path(folder) / f"rank{rank}.json").write_text(json.dumps(report))
        if dist.is_initialized():  # else gloo's threads may outlive it, which aborts the process
            dist.destroy_process_group()


if __name__ == "__main__":
    run_process(main)
