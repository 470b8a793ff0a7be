"""Metrics of several sets, exact over uneven batches and processes: sums and weights, added up at an epoch's end."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, distributed

if TYPE_CHECKING:
    from torchmetrics import Metric


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric as a total over a weight, so that parts of it add up exactly."""

    total: float
    weight: float

    @property
    def value(self) -> float:
        """The metric; nan where nothing was weighed."""
        return self.total / self.weight if self.weight else math.nan

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.total + other.total, self.weight + other.weight)


def weighted(values: Any, weight: Any) -> tuple[Tensor, Tensor]:
    """The weighted sum of `values`, and the sum of the weights, in double precision.

    Without `weight` each value counts once; a value of weight 0 may be nan.

    Raises:
        ValueError: one number without its weight, or weights that do not fit the values.
    """
    numbers = _exact(values)
    if weight is None:
        if numbers.ndim == 0:
            raise ValueError("a single number needs its weight, the number of samples that it is the mean of")
        return numbers.sum(), torch.tensor(float(numbers.numel()), dtype=torch.float64, device=numbers.device)
    weights = _exact(weight).to(numbers.device)
    try:
        weights = weights.expand_as(numbers)
    except RuntimeError:
        raise ValueError(
            f"weights of shape {list(weights.shape)} do not fit values of shape {list(numbers.shape)}"
        ) from None
    return torch.where(weights == 0, 0.0, numbers * weights).sum(), weights.sum()


def _exact(value: Any) -> Tensor:
    tensor = torch.as_tensor(value).detach()
    if tensor.device.type == "mps":  # which has no double precision
        tensor = tensor.cpu()
    return tensor.to(torch.float64)


@dataclass(slots=True)
class SetResults:
    """What one set's batches on this process added up to so far; `n_counted` is how many count, None for all."""

    name: str
    n_counted: int | None = None
    sums: dict[str, list[Tensor]] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    outputs: list[tuple[int, Any]] = field(default_factory=list)


class Evaluation:
    """One epoch of validation or test: the sets, and which of them the current batch is of."""

    def __init__(self, sets: Sequence[SetResults]) -> None:
        self.sets = list(sets)
        self.counts = True
        self._current: SetResults | None = None

    @property
    def current(self) -> SetResults:
        """The set of the current batch.

        Raises:
            RuntimeError: no batch has begun.
        """
        if self._current is None:
            raise RuntimeError(
                "no batch has begun: a class that overrides on_validation_batch_start or on_test_batch_start "
                "calls super()'s"
            )
        return self._current

    def begin_batch(self, batch_idx: int, dataloader_idx: int) -> None:
        """Take note of the batch that comes now; one beyond those of its process is a filler and does not count."""
        self._current = self.sets[dataloader_idx]
        self.counts = self.current.n_counted is None or batch_idx < self.current.n_counted

    def add(self, name: str, total: Tensor, weight: Tensor) -> None:
        """Add to a metric of the current set; names are kept of a filler too, for all processes to know them."""
        known = self.current.sums.setdefault(name, [torch.zeros_like(total), torch.zeros_like(weight)])
        if self.counts:
            known[0] = known[0] + total
            known[1] = known[1] + weight

    def update(self, name: str, metric: Metric, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Update the current set's own copy of a metric."""
        if name not in self.current.metrics:
            copy = metric.clone()
            copy.reset()
            self.current.metrics[name] = copy.to(metric.device)
        if self.counts:
            self.current.metrics[name].update(*args, **kwargs)

    def keep(self, batch_idx: int, output: Any) -> None:
        """Keep what the step of the current batch returned."""
        if self.counts:
            self.current.outputs.append((batch_idx, output))

    def gather(self) -> list[Gathered]:
        """Every set's results over all processes; the same on each of them.

        Raises:
            RuntimeError: a metric was updated on some processes only.
        """
        mine = [_Share.of(one) for one in self.sets]
        shares = _of_all_processes(mine)
        return [self._joined(number, [share[number] for share in shares]) for number in range(len(self.sets))]

    def _joined(self, number: int, shares: list[_Share]) -> Gathered:
        results = self.sets[number]
        sums: dict[str, Ratio] = {}
        for share in shares:
            for name, ratio in share.sums.items():
                sums[name] = sums[name] + ratio if name in sums else ratio
        outputs = [
            (batch_idx, rank, output) for rank, share in enumerate(shares) for batch_idx, output in share.outputs
        ]
        ordered = [output for _, _, output in sorted(outputs, key=lambda one: one[:2])]
        return Gathered(results.name, sums, self._computed(results, shares), ordered)

    def _computed(self, results: SetResults, shares: list[_Share]) -> dict[str, float]:
        """The metrics' values; each metric exchanges its own state, so all processes must have it."""
        names = sorted({name for share in shares for name in share.metrics})
        for name in names:
            ranks = [rank for rank, share in enumerate(shares) if name in share.metrics]
            if len(ranks) < len(shares):
                raise RuntimeError(
                    f'metric "{name}" of set "{results.name}" was updated on processes {ranks} of {len(shares)} only; '
                    "update it in every step"
                )
        return {name: _value_of(name, results.metrics[name]) for name in names}


@dataclass(slots=True)
class Gathered:
    """One set's results over all processes; `outputs` are what the steps returned, in the order of the data."""

    name: str
    ratios: dict[str, Ratio]
    values: dict[str, float]
    outputs: list[Any]

    def add(self, results: Mapping[str, Any]) -> None:
        """Add metrics that were computed from the outputs."""
        for name, value in results.items():
            if isinstance(value, Ratio):
                self.ratios[name] = value
            else:
                self.values[name] = float(value)

    @property
    def all_values(self) -> dict[str, float]:
        """Every metric's value."""
        return {name: ratio.value for name, ratio in self.ratios.items()} | self.values


@dataclass(frozen=True, slots=True)
class _Share:
    """What one process has to say of one set."""

    sums: dict[str, Ratio]
    metrics: list[str]
    outputs: list[tuple[int, Any]]

    @classmethod
    def of(cls, results: SetResults) -> _Share:
        sums = {name: Ratio(float(total), float(weight)) for name, (total, weight) in results.sums.items()}
        return cls(sums, list(results.metrics), results.outputs)


def _of_all_processes(mine: list[_Share]) -> list[list[_Share]]:
    if not (distributed.is_available() and distributed.is_initialized()):
        return [mine]
    shares: list[Any] = [None] * distributed.get_world_size()
    distributed.all_gather_object(shares, mine)
    return shares


def _value_of(name: str, metric: Metric) -> float:
    with warnings.catch_warnings():
        # Where a process has only a filler its metric was never updated, and others have what there is.
        warnings.filterwarnings("ignore", ".*was called before the ``update`` method", UserWarning)
        value = metric.compute()
    if not isinstance(value, Tensor) or value.numel() != 1:
        raise ValueError(f'metric "{name}" gives {type(value).__name__}, expected one number; log its parts')
    return float(value)


def aggregated(sets: Sequence[Gathered], how: str) -> dict[str, float]:
    """The metrics that all sets have, over the sets: `"mean"`, `"weighted"` by their weights, or those of one set.

    Raises:
        ValueError: there is no such set, or a metric has no weight.
    """
    if how not in ("mean", "weighted"):
        return next(one.all_values for one in sets if one.name == how)
    names = [name for name in sets[0].all_values if all(name in one.all_values for one in sets)]
    if how == "mean":
        return {name: math.fsum(one.all_values[name] for one in sets) / len(sets) for name in names}
    return {name: _pooled(name, sets) for name in names}


def _pooled(name: str, sets: Sequence[Gathered]) -> float:
    for one in sets:
        if name not in one.ratios:
            raise ValueError(
                f'aggregate "weighted": metric "{name}" of set "{one.name}" has no weight; log it with log_mean or '
                'log_ratio, or return a Ratio, or choose "mean" or one set'
            )
    ratios = [one.ratios[name] for one in sets]
    return Ratio(math.fsum(r.total for r in ratios), math.fsum(r.weight for r in ratios)).value
