"""Runs that go on exactly where they stopped: data that knows its place, and random numbers that go on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import pytorch_lightning as pl
import torch
import torch.distributed as dist
from pytorch_lightning.callbacks import Callback
from torch.utils.data import DataLoader

from models._ranks import world_size

Item = TypeVar("Item")

_KEY = "neuraltypes_random_state"
_SEEDS = 1 << 62


class ResumableLoader(DataLoader[Item]):
    """A `DataLoader` that goes on in the middle of an epoch, from the batch behind the last one that was given out.

    Each epoch's order comes from a seed, drawn once from torch's generator (or the given one), and the epoch's number.
    Where the items are made in this process, what was given out is skipped without being made again; worker processes
    make it again, for the random numbers that they use; where they are persistent, those of later epochs are others. A
    sampler with a generator of its own keeps it; one that draws from elsewhere (`random`, NumPy) is not repeated. The
    data set has a length.
    """

    _seed: int | None = None
    _epoch = -1
    _position = 0
    _skipped = 0
    _resumed = False
    _sampler_state: torch.Tensor | None = None
    batches_per_epoch: int | None = None
    """How many batches the trainer takes of an epoch, if that is not all."""

    def __iter__(self) -> Any:
        """The batches of an epoch, or of its rest; nothing happens before the first is asked for."""
        if self._resumed:
            self._resumed, self._skipped = False, self._position
        else:
            self._epoch, self._position, self._skipped = self._epoch + 1, 0, 0
        if self._seed is None:
            self._seed = int(torch.randint(_SEEDS, (), generator=self.generator))
        generator = torch.Generator().manual_seed((self._seed + self._epoch) % _SEEDS)
        self._seed_sampler(generator)
        self.generator = generator
        iterator = super().__iter__()
        if self._skipped and not self._skips_items():
            before = random_state()  # what is made again here draws from the generators that training goes on with
            for _ in islice(iterator, self._take_skipped()):
                pass
            set_random_state(before)
        for batch in iterator:
            self._position += 1
            yield batch

    def state_dict(self) -> dict[str, Any]:
        """Where the loader is, for Lightning's checkpoints."""
        is_over = self._position >= self._batches()
        return {
            "seed": self._seed,
            "epoch": self._epoch,
            "position": 0 if is_over else self._position,
            "is_over": is_over,
            "sampler": self._sampler_now() if is_over else self._sampler_state,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next iteration be the one that the state was taken in, from there on."""
        self._seed, self._epoch, self._position = state["seed"], state["epoch"], state["position"]
        self._resumed = not state["is_over"] and self._epoch >= 0
        given = getattr(self._innermost(), "generator", None)
        if state["sampler"] is not None and given is not None:
            given.set_state(state["sampler"])

    @property
    def _index_sampler(self) -> Any:
        found = super()._index_sampler
        return _Skipping(found, self) if self._skips_items() else found

    def _skips_items(self) -> bool:
        return self.num_workers == 0 and not isinstance(self.dataset, torch.utils.data.IterableDataset)

    def _take_skipped(self) -> int:
        skipped, self._skipped = self._skipped, 0
        return skipped

    def _batches(self) -> int:
        return len(self) if self.batches_per_epoch is None else self.batches_per_epoch

    def _seed_sampler(self, generator: torch.Generator) -> None:
        """Give the sampler the epoch's generator in place of none or of the loader's; note where its own one stands."""
        sampler = self._innermost()
        given = getattr(sampler, "generator", None)
        if given is not None and given is not self.generator:
            self._sampler_state = given.get_state()
        elif hasattr(sampler, "generator"):
            sampler.generator = generator

    def _sampler_now(self) -> torch.Tensor | None:
        return None if self._sampler_state is None else self._innermost().generator.get_state()

    def _innermost(self) -> Any:
        return getattr(self.batch_sampler, "sampler", self.sampler)


class _Skipping:
    """A sampler without the first items of the iteration in which a run goes on."""

    def __init__(self, sampler: Any, loader: ResumableLoader[Any]) -> None:
        self._sampler, self._loader = sampler, loader

    def __iter__(self) -> Iterator[Any]:
        return islice(iter(self._sampler), self._loader._take_skipped(), None)  # noqa: SLF001

    def __len__(self) -> int:
        return len(self._sampler)


class ExactResume(Callback):
    """Keeps the state of all random number generators of all ranks in checkpoints, and goes on with it.

    With `ResumableLoader`s, a run that is resumed from any of its checkpoints ends with the very weights of one that
    was not stopped. Validation draws from generators of its own for that: whether it runs, training goes on the same.
    """

    def __init__(self) -> None:
        self._to_restore: list[dict[str, Any]] | None = None
        self._loader_states: list[dict[str, Any]] = []
        self._before_validation: dict[str, Any] | None = None

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        own = self._before_validation or random_state()
        states: list[Any] = [own]
        if world_size() > 1:
            states = [None] * world_size()
            dist.all_gather_object(states, own)
        checkpoint[_KEY] = states

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        self._to_restore = checkpoint.get(_KEY)
        self._loader_states = checkpoint["loops"]["fit_loop"]["state_dict"].get("combined_loader", [])

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        loaders = list(_resumable(trainer.train_dataloader))
        limit = trainer.num_training_batches
        if loaders and limit == float("inf"):
            raise TypeError("ResumableLoader: the data set has no length, so that its place in an epoch is not known")
        for loader in loaders:
            loader.batches_per_epoch = int(limit)
        # Lightning gives these to loaders that are made later, not to those that were asked for the number of steps.
        loader_states, self._loader_states = self._loader_states, []
        if len(loader_states) == len(loaders):
            for loader, state in zip(loaders, loader_states, strict=True):
                loader.load_state_dict(state)
        states, self._to_restore = self._to_restore, None
        if states is not None and len(states) == trainer.world_size:
            set_random_state(states[trainer.global_rank])

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.state.fn == "fit" and not trainer.sanity_checking:
            self._before_validation = random_state()

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        state, self._before_validation = self._before_validation, None
        if state is not None:
            set_random_state(state)


def random_state() -> dict[str, Any]:
    """The state of the generators of torch, Python and NumPy, as tensors and plain data."""
    version, internal, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state()  # noqa: NPY002  # the generator that is global
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "python": [version, torch.tensor(internal), gauss],
        "numpy": [
            str(name),
            torch.tensor(np.asarray(keys, dtype=np.int64)),
            int(position),
            int(has_gauss),
            float(cached),
        ],
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Let the generators go on from a state."""
    torch.set_rng_state(state["torch"].cpu())
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([each.cpu() for each in state["cuda"]])
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal.tolist()), gauss))
    name, keys, *rest = state["numpy"]
    np.random.set_state((name, keys.cpu().numpy().astype(np.uint32), *rest))  # noqa: NPY002


def _resumable(loaders: Any) -> Iterator[ResumableLoader[Any]]:
    if isinstance(loaders, ResumableLoader):
        yield loaders
    elif isinstance(loaders, dict | list | tuple):
        for loader in loaders.values() if isinstance(loaders, dict) else loaders:
            yield from _resumable(loader)
