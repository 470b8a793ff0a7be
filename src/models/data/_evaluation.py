"""The start and the end of an epoch of validation or test: which sets there are, and what is logged of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lightning_fabric.utilities import rank_zero_warn
from torch.utils.data import DistributedSampler

from models.data._checks import check_wiring
from models.data._config import Stage
from models.data._loaders import flattened, names_of
from models.data._metrics import Evaluation, Gathered, SetResults, aggregated
from models.data._samplers import BlockSampler
from models.data._sources import KEYS, aggregate_of
from models.errors import ConfigError
from neuraltypes._spelling import nearest
from neuraltypes.config.errors import Problem

ALONE: dict[Stage, str] = {"validation": "val", "test": "test"}


def begin_evaluation(model: Any, stage: Stage, loaders: Any) -> None:
    """Start to add up the metrics of the sets that `loaders` read, after a check of their wiring.

    Raises:
        ConfigError: there is no set to aggregate by.
        WiringError: a data set does not fit the step.
    """
    check_wiring(model, stage, loaders)
    names = names_of(loaders, ALONE[stage])
    _check_aggregate(aggregate_of(model, stage), names, stage)
    singles = flattened(loaders)
    _warn_of_repeats(singles, names)
    samplers = [getattr(loader, "sampler", None) for loader in singles]
    counted = [sampler.n_counted if isinstance(sampler, BlockSampler) else None for sampler in samplers]
    model.data_state.evaluation = Evaluation([SetResults(*one) for one in zip(names, counted, strict=True)])


def end_evaluation(model: Any, stage: Stage, results_of: Callable[[list[Any], int], Any]) -> None:
    """Add up the metrics over all processes, and log them by set and aggregated.

    Raises:
        RuntimeError: a metric was updated on some processes only.
        ValueError: a metric cannot be aggregated as told.
    """
    evaluation = model.data_state.evaluation
    if evaluation is None:
        raise RuntimeError("no evaluation was begun: a class that overrides an epoch's start hook calls super()'s")
    model.data_state.evaluation = None
    sets: list[Gathered] = evaluation.gather()
    for number, one in enumerate(sets):
        one.add(results_of(one.outputs, number) or {})
        one.outputs = []
    for one in sets:
        # A number, not a tensor: it is the same on all processes, and Lightning need not reduce it.
        model.log_dict({f"{one.name}/{name}": value for name, value in one.all_values.items()}, batch_size=1)
    how = aggregate_of(model, stage)
    if how is not None and [one.name for one in sets] != [ALONE[stage]]:
        found = aggregated(sets, how)
        model.log_dict({f"{ALONE[stage]}/{name}": value for name, value in found.items()}, batch_size=1)


def _check_aggregate(how: str | None, names: list[str], stage: Stage) -> None:
    place = f"{KEYS[stage]}.aggregate"
    if how is None:
        return
    if how not in ("mean", "weighted", *names):
        known = ["mean", "weighted", *names]
        near = nearest(how, known)
        expected = f'"mean", "weighted" or a set of {", ".join(names)}'
        raise ConfigError([Problem(place, f'is "{how}", expected {expected}', expected, str(how), near)])
    if len(names) > 1 and ALONE[stage] in names:
        raise ConfigError(f'a set is called "{ALONE[stage]}", under which the aggregate is logged', place=KEYS[stage])


def _warn_of_repeats(loaders: list[Any], names: list[str]) -> None:
    """Warn where another's sampler gives some samples twice so that processes have equally many."""
    for loader, name in zip(loaders, names, strict=True):
        sampler = getattr(loader, "sampler", None)
        if not isinstance(sampler, DistributedSampler) or isinstance(sampler, BlockSampler) or sampler.drop_last:
            continue
        repeats = sampler.total_size - len(sampler.dataset)  # type: ignore[arg-type]  # it has a size, or no sampler
        if repeats > 0:
            rank_zero_warn(
                f'set "{name}": {repeats} samples are evaluated twice, as Lightning\'s sampler fills up processes; '
                "hand the data to setup_validation_data or setup_test_data"
            )
