"""Configs of data sets and their loaders, by the checker of all configs: all that does not fit before anything is made.

`_target_` names an imported data set class, or one that the caller allows.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from torch.utils.data import DataLoader, Dataset

from models.data._typed_items import find_datasets
from models.errors import ConfigError
from neuraltypes._classes import full_name
from neuraltypes._spelling import nearest
from neuraltypes.config._classes import Classes
from neuraltypes.config._fit import TARGET, Fitter
from neuraltypes.config._nodes import BROKEN, MISSING, ConfigNode, is_omega, root_node
from neuraltypes.config._values import Make
from neuraltypes.config.errors import Problem

Stage: TypeAlias = Literal["train", "validation", "test", "predict"]
MakeDataset: TypeAlias = Callable[[ConfigNode], Any]

DATASET, AGGREGATE = "dataset", "aggregate"
LOADER_ARGUMENTS: Final = frozenset(inspect.signature(DataLoader.__init__).parameters) - {"self", DATASET}


class OneSet(NamedTuple):
    """The config of one set: what makes its data set, and the loader's arguments."""

    dataset: Make
    options: Callable[[], dict[str, Any]]


def node_of(given: Any, place: str) -> ConfigNode:
    """The place of data that were given; `place` is its path where it has none of its own."""
    if not is_omega(given):
        return ConfigNode(given, place)
    node = root_node(given)
    return node if node.path else dataclasses.replace(node, path=place)


def is_config(node: ConfigNode) -> bool:
    """Whether this is a config, not an object that happens to be a mapping or a dataclass."""
    is_object = isinstance(node.value, Dataset | DataLoader)
    return node.is_mapping and not is_object and (_is_mapping(node.value) or not isinstance(node.value, Iterable))


def is_one_set(node: ConfigNode) -> bool:
    """Whether a config describes one set, not several by name."""
    return TARGET in node.entries or DATASET in node.entries


def plain(node: ConfigNode) -> Any:
    """What a config holds, in dicts and lists of its own; objects are the same objects.

    Raises:
        ConfigError: an interpolation leads nowhere, or something is missing.
    """
    if node.value is BROKEN or node.value is MISSING:
        reason = "is missing" if node.value is MISSING else node.reason or ""
        raise ConfigError([Problem(node.path, reason, suggestion=node.suggestion, position=node.position)])
    if is_config(node):
        return {key: plain(child) for key, child in node.entries.items()}
    return [plain(child) for child in node.items] if node.is_list else node.value


def named_sets(fitter: Fitter, node: ConfigNode) -> dict[str, ConfigNode]:
    """The places of several sets by name."""
    if node.is_list:
        return {str(number): item for number, item in enumerate(node.items)}
    sets = {}
    for name, one in node.entries.items():
        if name == AGGREGATE:
            fitter.fit(one, str | None)
        elif not name or "/" in str(name):
            fitter.add(one, f'"{name}" cannot name a set: metrics are logged as <set>/<metric>')
        elif one.value is None or isinstance(one.value, str | int | float):
            near = nearest(name, (DATASET, TARGET, AGGREGATE))
            expected = "the config of a set, a data set or a loader"
            message = f"is {one.value!r}, expected {expected}; the config of one set has {DATASET} or {TARGET}"
            fitter.add(one, message, expected=expected, suggestion=near)
        else:
            sets[str(name)] = one
    return sets


def read_set(fitter: Fitter, node: ConfigNode, make_dataset: MakeDataset | None, allowed: Iterable[type]) -> OneSet:
    """The config of one set; `make_dataset` makes data sets of configs in another way than by their class.

    What does not fit is among the fitter's problems, and then nothing may be made of it.
    """
    entries = node.entries
    options = fitter.arguments(node.without(*entries.keys() - LOADER_ARGUMENTS), DataLoader, {DATASET: None})
    rest = node.without(*LOADER_ARGUMENTS)
    dataset = _dataset(fitter, rest, make_dataset, allowed)
    return OneSet(dataset, lambda: options()[1])


def dataset_of(fitter: Fitter, node: ConfigNode, allowed: Iterable[type]) -> Make:
    """What makes the data set of a config with `_target_`."""
    if TARGET not in node.entries:
        fitter.add(node, f'has neither "{DATASET}" nor "{TARGET}", which names its class')
        return lambda: None
    classes, target = _classes(allowed), node.entries[TARGET]
    cls = classes.find(target.value) if isinstance(target.value, str | type) else None
    if cls is not None and not classes.is_allowed(cls):
        fitter.add(target, f"{full_name(cls)} is no data set", got=full_name(cls))
    inner = Fitter(classes)
    inner.problems = fitter.problems
    return inner.made(node)


def class_of(node: ConfigNode, allowed: Iterable[type]) -> type | None:
    """The class of the data set of a config that fits."""
    target = node.entries.get(TARGET)
    return None if target is None else _classes(allowed).find(target.value)


def _classes(allowed: Iterable[type]) -> Classes:
    known = {**find_datasets(), **{full_name(cls): cls for cls in allowed}}
    return Classes(known, described="imported NeuralDataset and none of allowed_datasets")


def check_data(cls: Any, stage: Stage, fitter: Fitter, node: ConfigNode) -> None:
    """Note what does not fit in the section of a stage's data; nothing is made of it."""
    loader = {"train": "train", "validation": "val", "test": "test", "predict": "predict"}[stage]
    if f"{loader}_dataloader" in _overridden(cls):
        return
    for one in sets_of(fitter, node).values():
        if is_config(one):
            read_set(fitter, one, None, cls.allowed_datasets)


def sets_of(fitter: Fitter, node: ConfigNode) -> dict[str, ConfigNode]:
    """The places of all sets, by name; that of a single set is `""`."""
    if node.is_list or (is_config(node) and not is_one_set(node)):
        return named_sets(fitter, node)
    is_object = isinstance(node.value, Dataset | Iterable) and not isinstance(node.value, str)
    if not is_object and not is_config(node):
        fitter.add(node, f"is {node.value!r}, expected a config, a data set or a loader")
    return {"": node}


def _dataset(fitter: Fitter, rest: ConfigNode, make_dataset: MakeDataset | None, allowed: Iterable[type]) -> Make:
    """What makes the data set of what a config has beside the loader's arguments."""
    if DATASET not in rest.entries:
        make = _of_config(fitter, rest, make_dataset, allowed)
        fitter.problems[:] = [_with_loader_key(problem, rest) for problem in fitter.problems]
        return make
    for key, node in rest.entries.items():
        if key != DATASET:
            near = nearest(key, [*LOADER_ARGUMENTS, DATASET])
            fitter.add(node, "neither the loader nor this config has such a key", suggestion=near)
    dataset = rest.entries[DATASET]
    if is_config(dataset):
        return _of_config(fitter, dataset, make_dataset, allowed)
    return lambda: dataset.value


def _with_loader_key(problem: Problem, node: ConfigNode) -> Problem:
    """A problem with a key that is none of the data set's: it may be meant for the loader."""
    keys = {child.path: str(key) for key, child in node.entries.items()}
    if problem.suggestion is not None or problem.expected is not None or problem.path not in keys:
        return problem
    return dataclasses.replace(problem, suggestion=nearest(keys[problem.path], LOADER_ARGUMENTS))


def _of_config(fitter: Fitter, node: ConfigNode, make_dataset: MakeDataset | None, allowed: Iterable[type]) -> Make:
    return dataset_of(fitter, node, allowed) if make_dataset is None else lambda: make_dataset(node)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping) or is_omega(value)


def _overridden(cls: type) -> Iterator[str]:
    """The methods that a class has for itself, below `ModelData`."""
    for base in cls.__mro__:
        if "allowed_datasets" in vars(base) and base.__name__ == "ModelData":
            return
        yield from vars(base)
