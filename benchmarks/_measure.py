"""Ratios within one run: variants in turn, CPU time, medians over rounds."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Nanoseconds of CPU time per call, one number a round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median over the rounds, in nanoseconds."""
        return statistics.median(self.rounds)

    def ratio(self, other: Timing) -> float:
        """The median over the rounds of this time by the other's."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.rounds, other.rounds, strict=True))

    def quartiles(self, other: Timing) -> tuple[float, float]:
        """Lower and upper quartile of the ratio."""
        ratios = [mine / theirs for mine, theirs in zip(self.rounds, other.rounds, strict=True)]
        lower, _, upper = statistics.quantiles(ratios, n=4)
        return lower, upper


def measure(variants: Mapping[str, Callable[[], object]], *, calls: int, rounds: int) -> dict[str, Timing]:
    """Time each variant `calls` times a round, in turn and in an order drawn anew, after one round of warm-up."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    order = random.Random(0)
    for _ in range(rounds + 1):
        for name in order.sample(list(variants), k=len(variants)):
            times[name].append(_nanoseconds(variants[name], calls))
    return {name: Timing(tuple(found[1:])) for name, found in times.items()}


def _nanoseconds(call: Callable[[], object], calls: int) -> float:
    start = time.thread_time_ns()
    for _ in range(calls):
        call()
    return (time.thread_time_ns() - start) / calls
