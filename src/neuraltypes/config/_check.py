"""A config checked as far as it can be without making anything of it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from neuraltypes._archivable import Archivable
from neuraltypes.config._classes import Allow, Classes
from neuraltypes.config._fit import Fitter, Found, sections_of
from neuraltypes.config._nodes import ConfigNode, is_omega, root_node
from neuraltypes.config.errors import ConfigError, Problem


@dataclass(frozen=True)
class Report:
    """What was found in a config, and in `notes` what could not be found out."""

    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    def raise_problems(self) -> None:
        """Raise what was found.

        Raises:
            ConfigError: with all problems, if there are any.
        """
        if self.problems:
            raise ConfigError(self.problems)


def check(
    config: Any,
    *,
    model: type | None = None,
    schema: type | None = None,
    allow: Allow = (),
    resolvers: Collection[str] = (),
    wiring: bool = True,
) -> Report:
    """Check that every `_target_` and interpolation resolves, and that every key fits its constructor's type.

    Where all that holds, and with `wiring`, each model is made on the meta device, that is without memory, and its
    `forward` runs once on shapes: a mismatch of sizes between its modules is a problem, what cannot be run is a note.

    Args:
        config: a container of OmegaConf's, a dict, a dataclass, or the path of a YAML file.
        model: the class that the whole config is for, where no `_target_` says so.
        schema: a dataclass that says which keys the config has, and of what types.
        allow: classes that `_target_` may name beside imported `NeuralModule`s, each one by itself.
        resolvers: resolvers of OmegaConf's own, such as `"oc.env"`, that the config may use.
        wiring: whether models are run on shapes.

    Raises:
        OSError: the file cannot be read.
    """
    if isinstance(config, str | os.PathLike):
        from neuraltypes.config._load import load

        try:
            config = load(config, resolvers=resolvers)
        except ConfigError as error:
            return Report(error.problems)
    fitter = Fitter(Classes(allow), resolvers)
    node = root_node(config, resolvers)
    found = fitter.survey(node, model)
    if schema is not None:
        fitter.fit_schema(node, schema)
    notes = list(_of_composition(config))
    if wiring and not fitter.problems:
        for instance in found:
            if instance.is_module:
                notes += _wire(instance, fitter.problems)
    return Report(_in_order(fitter.problems), tuple(notes))


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Each problem once, and those of one file in the order of its lines."""
    found = tuple(dict.fromkeys(problems))
    lines = {problem: problem.position.line for problem in found if problem.position is not None}
    files = {problem.position.file for problem in lines if problem.position is not None}
    return tuple(sorted(found, key=lines.__getitem__)) if len(lines) == len(found) and len(files) == 1 else found


def _of_composition(config: Any) -> Iterator[str]:
    if is_omega(config) and "defaults" in config:
        yield 'config: "defaults" is Hydra\'s: what it adds is not looked at; check what --cfg job prints'


def _wire(found: Found, problems: list[Problem]) -> Iterator[str]:
    from neuraltypes.config._wiring import run_without_numbers

    node = found.node
    finding = run_without_numbers(found.make)
    if finding.unknown is not None:
        yield f"{node.path or 'config'}: its wiring is not known: {finding.unknown}"
    if finding.mismatch is not None:
        error = finding.mismatch
        sources = _holding(node, {error.expected, error.got}, frozenset(sections_of(type(finding.module))))
        listed = f"\n  config    {' | '.join(sources)}" if sources else ""
        problems.append(
            Problem(
                node.path,
                f"its modules do not fit each other: {error}{listed}",
                expected=str(error.expected),
                got=str(error.got),
                position=node.position,
            )
        )
    made: Any = finding.module
    if isinstance(made, Archivable):
        problems += made._misfits(node)  # noqa: SLF001  # ours


def _holding(node: ConfigNode, values: set[Any], others: Collection[str]) -> list[str]:
    """The keys below that hold one of these sizes, but for those that are none of the constructor's."""
    if node.below:
        below = node.without(*others).entries.values() if node.is_mapping else node.items
        return [found for child in below for found in _holding(child, values, others)]
    return [f"{node.path} is {node.value}"] if type(node.value) is int and node.value in values else []
