"""A training step of a `ModelPT` against the same model as a plain `LightningModule`, and what importing costs.

A transformer (d=256, 4 layers, 8 sequences of 64 tokens), trained by Lightning, AdamW, the loss logged at each step.
The plain model's code is that of `ModelPT`'s, loaded while checks are off for good. Both train from the same weights;
each round times each variant once, in an order drawn anew. The second table has the same layers at sizes next to
nothing: what is added to a step depends on no size, so it is there, in milliseconds, what it is at any size.
"""

from __future__ import annotations

import logging
import os
import random
import statistics
import subprocess
import sys
import time
import warnings
from types import ModuleType
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset
from transformer import SIZES, load_unchecked

from models import ModelPT
from neuraltypes import checks

import _transformer as checked
from _measure import Timing

ROUNDS, WARM = 14, 1
TINY = SIZES | {"vocab_size": 8, "context": 4, "d_model": 8}
IMPORT = "import time; start = time.process_time(); {}; print(time.process_time() - start)"
IMPORTS = (
    "import pytorch_lightning",
    "import models",
    "from models import ModelPT",
    "from models.runs import train",
    "from models.vision.classifier import ImageClassifier",
)


class Step:
    """What both models do."""

    code: ModuleType

    def build(self, sizes: dict[str, int]) -> None:
        self.model, self.loss = self.code.Transformer(**sizes), self.code.Loss()

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        loss: Tensor = self.loss(logits=self.model(tokens=batch[0]), targets=batch[1]).mean()
        self.log("loss", loss)  # type: ignore[attr-defined]
        return loss

    def configure_optimizers(self) -> Any:
        return torch.optim.AdamW(self.parameters(), lr=1e-3)  # type: ignore[attr-defined]


class Typed(Step, ModelPT):
    code = checked

    def __init__(self, *, sizes: dict[str, int]) -> None:
        super().__init__()
        self.build(sizes)


def plain_class(code: ModuleType) -> type[pl.LightningModule]:
    class Plain(Step, pl.LightningModule):
        def __init__(self, *, sizes: dict[str, int]) -> None:
            super().__init__()
            self.build(sizes)

    Plain.code = code
    return Plain


class Clock(pl.Callback):
    """CPU time of this thread over the steps that count."""

    def __init__(self, steps: int) -> None:
        self.steps, self.nanoseconds = steps, 0.0

    def on_train_batch_start(self, trainer: pl.Trainer, *_: Any) -> None:
        if trainer.global_step == WARM:
            self._start = time.thread_time_ns()

    def on_train_epoch_end(self, *_: Any) -> None:
        self.nanoseconds = (time.thread_time_ns() - self._start) / self.steps


def step_time(model: pl.LightningModule, data: TensorDataset, steps: int) -> float:
    clock = Clock(steps)
    trainer = pl.Trainer(
        accelerator="cpu",
        max_steps=WARM + steps,
        max_epochs=1,
        callbacks=[clock],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, DataLoader(data, batch_size=8))
    return clock.nanoseconds


def training_steps(sizes: dict[str, int], steps: int) -> None:
    tokens = torch.randint(sizes["vocab_size"], (8 * (WARM + steps), sizes["context"]))
    data = TensorDataset(tokens, tokens.roll(-1, dims=1))
    plain = plain_class(load_unchecked(checked))
    models = {
        "plain": plain(sizes=sizes),
        "plain again": plain(sizes=sizes),
        "ModelPT, checks off": Typed(sizes=sizes),
        "ModelPT, checks always": Typed(sizes=sizes),
    }
    weights = models["plain"].state_dict()
    times: dict[str, list[float]] = {name: [] for name in models}
    order = random.Random(0)
    for _ in range(ROUNDS + 1):
        for name in order.sample(list(models), k=len(models)):
            model = models[name]
            model.load_state_dict(weights)
            with checks("always" if name.endswith("always") else "off"):
                times[name].append(step_time(model, data, steps))
    found = {name: Timing(tuple(rounds[1:])) for name, rounds in times.items()}
    print(f"{'':24s} {'ms a step':>10s} {'added':>7s} {'to plain':>9s}  quartiles   ({ROUNDS} rounds of {steps} steps)")
    for name, timing in found.items():
        lower, upper = timing.quartiles(found["plain"])
        ratio = timing.ratio(found["plain"])
        pairs = zip(timing.rounds, found["plain"].rounds, strict=True)
        added = statistics.median(mine - theirs for mine, theirs in pairs) / 1e6
        print(f"{name:24s} {timing.median / 1e6:10.2f} {added:7.2f} {ratio:9.3f}  {lower:.3f} {upper:.3f}")
    print()


def imports() -> None:
    times: dict[str, list[float]] = {statement: [] for statement in IMPORTS}
    for _ in range(7):
        for statement in IMPORTS:
            command = [sys.executable, "-c", IMPORT.format(statement)]
            times[statement].append(float(subprocess.run(command, capture_output=True, check=True).stdout))
    base = times[IMPORTS[0]]
    print(f"\n{'':52s} {'s of CPU':>9s} {'ratio':>7s}")
    for statement, found in times.items():
        ratio = statistics.median(mine / theirs for mine, theirs in zip(found, base, strict=True))
        print(f"{statement:52s} {statistics.median(found):9.3f} {ratio:7.3f}")


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    warnings.simplefilter("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    training_steps(SIZES, 4)
    training_steps(TINY, 40)
    imports()


if __name__ == "__main__":
    main()
