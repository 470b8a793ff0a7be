"""The sampler of evaluation on several processes: each sample once, in the very batches that one process would make."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Sized
from typing import Any

import torch
from torch.utils.data import DistributedSampler


class BlockSampler(DistributedSampler[Any]):
    """Whole batches dealt out in turn: process r of W evaluates batches r, r + W, r + 2W, ...

    A process that would have one batch less than others gets a filler, the first sample over again, so that all make
    equally many steps (buffers and shards are exchanged in each). `n_counted` is the number of batches that count.
    """

    def __init__(
        self, dataset: Any, *, batch_size: int, num_replicas: int, rank: int, shuffle: bool = False, drop_last: bool
    ) -> None:
        super().__init__(dataset, num_replicas=num_replicas, rank=rank, shuffle=shuffle, drop_last=False)
        self.batch_size = batch_size
        self.n_items = _size(dataset)
        self.n_batches = self.n_items // batch_size if drop_last else math.ceil(self.n_items / batch_size)

    @property
    def n_counted(self) -> int:
        """How many of this process's batches are no filler."""
        return len(range(self.rank, self.n_batches, self.num_replicas))

    @property
    def has_filler(self) -> bool:
        """Whether this process makes one step more than it has batches."""
        return self.n_counted < math.ceil(self.n_batches / self.num_replicas)

    def __iter__(self) -> Iterator[int]:
        order = self._order()
        for number in range(self.rank, self.n_batches, self.num_replicas):
            yield from order[number * self.batch_size : (number + 1) * self.batch_size]
        if self.has_filler:
            yield order[0]

    def __len__(self) -> int:
        starts = range(self.rank * self.batch_size, self.n_items, self.num_replicas * self.batch_size)
        sizes = [min(self.batch_size, self.n_items - start) for start in list(starts)[: self.n_counted]]
        return sum(sizes) + self.has_filler

    def _order(self) -> Sequence[int]:
        if not self.shuffle:
            return range(self.n_items)
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        return torch.randperm(self.n_items, generator=generator).tolist()


def _size(dataset: Sized) -> int:
    return len(dataset)
