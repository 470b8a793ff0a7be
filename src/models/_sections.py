"""The sections of a model's config that its constructor leaves to the trainer: `optim`, `checks` and the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from models.data._config import check_data
from models.data._sources import KEYS
from models.errors import ConfigError
from neuraltypes.config._nodes import BROKEN, MISSING, ConfigNode
from neuraltypes.config._parameters import WHOLE
from neuraltypes.config.errors import Problem

if TYPE_CHECKING:
    from neuraltypes.config._fit import Fitter, Section

OPTIM, CHECKS, SHARD = "optim", "checks", "shard"


def sections_of(cls: Any, base: Any) -> Mapping[str, Section]:
    """What checks each section of a class of models; one that the class reads in another way than `base` has none."""
    found: dict[str, Section] = dict.fromkeys(cls.late_cfg, _nothing)
    if CHECKS in found:
        found[CHECKS] = _checks
    if OPTIM in found and cls.configure_optimizers is base.configure_optimizers:
        found[OPTIM] = _optim
    if cls.dataset_from_config is base.dataset_from_config:
        found |= {key: partial(check_data, cls, stage) for stage, key in KEYS.items() if key in found}
    return found


def misfits_of(model: Any, config: ConfigNode, sections: Mapping[str, Section]) -> Iterator[Problem]:
    """What of the sections does not fit a model that was made of the config without memory."""
    from models.data._checks import misfits_of_config

    present = _present(config)
    if OPTIM in present and sections.get(OPTIM) is _optim:
        yield from _unmatched(model, present[OPTIM])
    for stage, key in KEYS.items():
        if key in present and sections.get(key, _nothing) is not _nothing:
            yield from misfits_of_config(model, stage, present[key])


def _present(config: ConfigNode) -> Mapping[str, ConfigNode]:
    whole = config.entries.get(WHOLE)
    entries = (config if whole is None or not whole.is_mapping else whole).entries
    return {key: node for key, node in entries.items() if node.value not in (None, BROKEN, MISSING)}


def _unmatched(model: Any, section: ConfigNode) -> Iterator[Problem]:
    from models.optim._setup import check_patterns

    try:
        check_patterns(model, section)
    except ConfigError as error:
        for problem in error.problems:
            yield replace(problem, position=section.at(problem.path).position)


def _optim(fitter: Fitter, section: ConfigNode) -> None:
    from models.optim._section import read_optim

    read_optim(fitter, section)


def _checks(fitter: Fitter, section: ConfigNode) -> None:
    from models.check_reports import check_section

    check_section(fitter, section)


def _nothing(fitter: Fitter, section: ConfigNode) -> None:
    """A section of which nothing is known."""
