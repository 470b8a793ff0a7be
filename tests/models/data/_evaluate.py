"""What one process, or each of several, finds of the same sets: `python -m ... RESULTS` under `torchrun`."""

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
import torch.distributed as dist
from torch import Tensor
from torch.utils.data import DataLoader
from torchmetrics.classification import MulticlassF1Score

from models import NeuralIterableDataset, Ratio
from tests.models.data._parts import Classifier, Points, quiet_trainer

SETS: dict[str, Any] = {
    "seven": {"dataset": Points(7, 1), "batch_size": 3},
    "six": {"dataset": Points(6, 2), "batch_size": 3},
    "nine": {"dataset": Points(9, 3), "batch_size": 3},
    "one": {"dataset": Points(1, 4), "batch_size": 3},
}


class Numbers(NeuralIterableDataset[Any]):
    """0 to 8, each on one process."""

    def __iter__(self) -> Iterator[int]:
        return self.shard(range(9))


class Still(Classifier):
    """Learns nothing, so that its metrics can be compared; notes what its steps saw."""

    def __init__(self) -> None:
        super().__init__()
        self.norm.momentum = 0.0
        self.f1 = MulticlassF1Score(3, average="macro")
        self.order: list[list[float]] = []
        self.seen: list[int] = []
        self.steps = 0

    def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> Tensor:
        super().validation_step(batch, batch_idx)
        self.steps += 1
        self.update_metric("f1", self.f1, self(x=batch.x), batch.y)
        first: Tensor = batch.x[:, 0]
        return first

    def multi_validation_epoch_end(self, outputs: list[Tensor], dataloader_idx: int) -> dict[str, Any]:
        self.order.append([x.item() for x in torch.cat(outputs)])
        return {"samples": Ratio(float(len(torch.cat(outputs))), 1)}

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.0)


class Streaming(Still):
    def test_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
        self.seen += batch.tolist()
        self.log_mean("number", batch)


class Lopsided(Still):
    """Updates a metric on the first process only."""

    def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:  # type: ignore[override]
        if self.global_rank == 0:
            self.update_metric("f1", self.f1, self(x=batch.x), batch.y)


def findings(n_processes: int) -> dict[str, Any]:
    """Metrics, orders and what was seen, as JSON data."""
    torch.manual_seed(0)
    model = Still()
    options: dict[str, Any] = {"devices": n_processes, "strategy": "ddp" if n_processes > 1 else "auto"}
    found: dict[str, Any] = {}
    model.setup_training_data({"dataset": Points(8, 5), "batch_size": 2})
    model.setup_validation_data(SETS | {"aggregate": "mean"})
    trainer = quiet_trainer(num_sanity_val_steps=1, **options)
    trainer.fit(model)
    found["fit"] = _metrics(trainer)
    found["order"] = model.order[-len(SETS) :]
    model.steps = 0
    model.f1.reset()
    trainer = quiet_trainer(**options)
    trainer.validate(model, verbose=False)
    found |= {"validate": _metrics(trainer), "steps": model.steps}
    data = Points(7, 6)
    model.setup_test_data({"given": DataLoader(data, batch_size=2, collate_fn=data.collate_fn)}, aggregate="given")
    trainer = quiet_trainer(**options)
    model.test_step = lambda *args: Classifier.validation_step(model, *args)  # type: ignore[method-assign]
    trainer.test(model, verbose=False)
    found["test"] = _metrics(trainer)
    found |= _streamed(options) | _predicted(model, options) | _warned(options)
    if n_processes > 1:
        found["error"] = _failed(options)
    return found


def _metrics(trainer: pl.Trainer) -> dict[str, float]:
    return {name: value.item() for name, value in trainer.callback_metrics.items()}


def _streamed(options: dict[str, Any]) -> dict[str, Any]:
    model = Streaming()
    model.setup_test_data({"dataset": Numbers(), "batch_size": 2})
    trainer = quiet_trainer(**options)
    trainer.test(model, verbose=False)
    return {"stream": model.seen, "stream mean": _metrics(trainer)}


def _predicted(model: Still, options: dict[str, Any]) -> dict[str, Any]:
    model.setup_prediction_data({"dataset": Points(7, 7), "batch_size": 2})
    batches: Any = quiet_trainer(**options).predict(model)
    return {"predicted": [row.tolist() for batch in batches for row in batch]}


def _warned(options: dict[str, Any]) -> dict[str, Any]:
    """Whether Lightning's own sampler, which repeats samples, is warned of."""
    data = Points(7)
    loader = DataLoader(data, batch_size=2, collate_fn=data.collate_fn)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        quiet_trainer(**options).validate(Classifier(), loader, verbose=False)
    return {"repeats": [str(w.message) for w in caught if "evaluated twice" in str(w.message)]}


def _failed(options: dict[str, Any]) -> str:
    model = Lopsided()
    model.setup_validation_data({"dataset": Points(7), "batch_size": 2})
    try:
        quiet_trainer(**options).validate(model, verbose=False)
    except RuntimeError as error:
        return str(error)
    return "no error"


if __name__ == "__main__":
    import os

    torch.set_num_threads(1)
    rank = int(os.environ["RANK"])
    Path(f"{sys.argv[1]}.{rank}").write_text(json.dumps(findings(int(os.environ["WORLD_SIZE"]))))
    if dist.is_initialized():  # else gloo's threads may outlive it, which aborts the process
        dist.destroy_process_group()
