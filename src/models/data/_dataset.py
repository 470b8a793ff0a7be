"""Data sets whose items are typed: checked as they are read, and collated by their types."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING, Any

from torch.utils.data import Dataset, IterableDataset, get_worker_info

from models.data._collate import Items
from models.data._typed_items import Batch, Item, TypedItems


def _checked_getitem(reader: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(reader)
    def read(self: TypedItems[Any, Any], index: Any) -> Any:
        item = reader(self, index)
        self._check_item(item, index)
        return item

    return read


def _checked_iter(reader: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(reader)
    def read(self: TypedItems[Any, Any]) -> Iterator[Any]:
        for number, item in enumerate(reader(self)):
            self._check_item(item, number)
            yield item

    return read


def _own_rank() -> tuple[int, int]:
    from torch import distributed

    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


class NeuralDataset(TypedItems[Item, Batch], Dataset[Item]):
    """A map-style data set of typed items: `class Speech(NeuralDataset[Utterance])` with `__getitem__` and `__len__`.

    `Utterance` is a NamedTuple, a dataclass or a TypedDict of neural types without the batch axis. A second argument,
    `NeuralDataset[Utterance, UtteranceBatch]`, declares the batch; what it has beyond the item are lengths and masks,
    which are made. Hand `collate_fn` to your own DataLoader; the loaders that a model makes use it.

    Each item is checked under the policies of calls, and the error names its index.
    """

    _read_by = "__getitem__"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        reader = cls.__dict__.get("__getitem__")
        if inspect.isfunction(reader):
            cls.__getitem__ = _checked_getitem(reader)  # type: ignore[method-assign]

    def __getitems__(self, indices: Sequence[Any]) -> Sequence[Item]:
        """Several items, as torch's loaders ask for them; they know their indices."""
        return Items([self[index] for index in indices], indices)

    if TYPE_CHECKING:

        def __len__(self) -> int: ...


class NeuralIterableDataset(TypedItems[Item, Batch], IterableDataset[Item]):
    """A data set that is only iterated over, with items as in `NeuralDataset`.

    Every worker of every process iterates over the whole; `shard` is what keeps them from reading the same.
    """

    _read_by = "__iter__"
    _replica: tuple[int, int] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        reader = cls.__dict__.get("__iter__")
        if inspect.isfunction(reader):
            cls.__iter__ = _checked_iter(reader)  # type: ignore[method-assign]

    def shard(self, items: Iterable[Any]) -> Iterator[Any]:
        """Every n-th of `items`, so that the workers of all processes together read each once.

        The processes are those of the trainer that the data was set up for, else those of `torch.distributed`.
        """
        rank, n_ranks = self._replica or _own_rank()
        worker = get_worker_info()
        worker_id, n_workers = (0, 1) if worker is None else (worker.id, worker.num_workers)
        return islice(items, rank * n_workers + worker_id, None, n_ranks * n_workers)
