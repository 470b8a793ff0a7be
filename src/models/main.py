"""The command line of a training script: configs that Hydra composes, checked as a whole before anything is made.

    @main(config_path="configs", config_name="train")
    def train(cfg: TrainConfig) -> float: ...

    if __name__ == "__main__":
        sys.exit(train())

takes `train.py model=small trainer.max_steps=100`, `--cfg job` and `--multirun seed=1,2,3`. The working directory, the
log and Hydra's own state stay as they are; no folder is made.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import re
import sys
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from neuraltypes.config import ConfigError, Problem, check

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from neuraltypes.config._classes import Allow

Config = TypeVar("Config")
Function = Callable[[Config], Any]

_FINE, _FAILED, _REFUSED = 0, 1, 2


@dataclass(frozen=True)
class Run:
    """One run of a sweep: what was overridden, and what the function gave or raised."""

    overrides: tuple[str, ...]
    result: Any = None
    error: Exception | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The result by name."""
        if self.error is not None:
            return {"error": f"{type(self.error).__name__}: {self.error}"}
        if isinstance(self.result, Mapping):
            return dict(self.result)
        return {} if self.result is None else {"result": self.result}


def main(
    config_path: str | None = None,
    config_name: str | None = None,
    *,
    schema: type | None = None,
    allow: Allow = (),
    resolvers: Collection[str] = (),
    status: Callable[[Any], int] | None = None,
) -> Callable[[Function[Config]], Runner[Config]]:
    """Make a function of a config a command.

    Args:
        config_path: the folder of configs, from that of the function's file.
        config_name: the config to start from, without `.yaml`.
        schema: a dataclass with the config's keys and types; by default the type of the function's parameter.
        allow: classes that `_target_` may name beside imported `NeuralModule`s, each one by itself.
        resolvers: resolvers of OmegaConf's own, such as `"oc.env"`, that configs may use.
        status: the exit status of one run, from what the function returned; 0 without it.
    """

    def decorate(function: Function[Config]) -> Runner[Config]:
        folder = Path(inspect.getfile(function)).resolve().parent / (config_path or "")
        found = schema if schema is not None else _schema_of(function)
        return Runner(function, folder, config_name, found, allow, resolvers, status)

    return decorate


class Runner(Generic[Config]):
    """A function of a config as a command."""

    def __init__(
        self,
        function: Function[Config],
        folder: Path,
        name: str | None,
        schema: type | None,
        allow: Allow,
        resolvers: Collection[str],
        status: Callable[[Any], int] | None = None,
    ) -> None:
        self._function, self._folder, self._name = function, folder, name
        self._schema, self._allow, self._resolvers, self._status = schema, allow, resolvers, status
        update_wrapper(self, function)

    def __call__(self, arguments: Sequence[str] | None = None) -> int:
        """Run the command. The exit status is 0, 1 if a run of a sweep failed, 2 if the config does not fit."""
        from models._compose import CompositionError, composer

        parsed = self._parser().parse_intermixed_args(arguments)
        folder = self._folder if parsed.config_path is None else Path(parsed.config_path).resolve()
        with composer(folder, parsed.config_name, self._schema, self._resolvers) as compose:
            try:
                jobs = compose.jobs(parsed.overrides, is_sweep=parsed.multirun)
                configs = [compose.config(job) for job in jobs]
            except CompositionError as error:
                return _refuse([str(error)])
            if problems := self._problems(jobs, configs):
                if parsed.cfg is not None:
                    _print_configs(configs, parsed)
                return _refuse(problems)
            configs = [compose.with_schema(config) for config in configs]
            if parsed.cfg is not None:
                _print_configs(configs, parsed)
                return _FINE
            if not parsed.multirun:
                return self._alone(configs[0])
            return self._sweep(jobs, configs)

    def _alone(self, config: DictConfig) -> int:
        try:
            result = self._function(typing.cast(Config, config))
        except ConfigError as error:  # what only the function itself could find out
            return _refuse([str(error)])
        return _FINE if self._status is None else self._status(result)

    def _problems(self, jobs: list[tuple[str, ...]], configs: list[DictConfig]) -> list[str]:
        """What is wrong with the configs of any job; of the same problem of several jobs the first."""
        found: dict[Problem, tuple[str, ...]] = {}
        for job, config in zip(jobs, configs, strict=True):
            report = check(config, schema=self._schema, allow=self._allow, resolvers=self._resolvers)
            for problem in report.problems:
                found.setdefault(problem, job)
        return [f"{problem}" + (f"\n  with {_shown(job)}" if len(jobs) > 1 else "") for problem, job in found.items()]

    def _sweep(self, jobs: list[tuple[str, ...]], configs: list[DictConfig]) -> int:
        runs = []
        for number, (job, config) in enumerate(zip(jobs, configs, strict=True), 1):
            print(f"[{number}/{len(jobs)}] {_shown(job)}", flush=True)
            runs.append(self._run(job, config))
        print(f"\n{table(runs)}")
        return _FAILED if any(run.error is not None for run in runs) else _FINE

    def _run(self, job: tuple[str, ...], config: DictConfig) -> Run:
        try:
            return Run(job, self._function(typing.cast(Config, config)))
        except Exception as error:  # noqa: BLE001  # the others run all the same, and the table says it
            return Run(job, error=error)

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(description=self.__doc__)
        parser.add_argument("overrides", nargs="*", metavar="key=value", help="changes to the config, group choices")
        parser.add_argument("--config-path", "-cp", metavar="FOLDER", help="another folder of configs")
        parser.add_argument("--config-name", "-cn", metavar="NAME", default=self._name, help="another config")
        parser.add_argument("--multirun", "-m", action="store_true", help="one run for each of a=1,2 b=3,4")
        parser.add_argument("--cfg", "-c", choices=("job",), help="print the config and do nothing else")
        parser.add_argument("--resolve", action="store_true", help="with --cfg: interpolations as values")
        parser.add_argument("--package", "-p", metavar="KEY", help="with --cfg: this part alone")
        return parser


def table(runs: Sequence[Run]) -> str:
    """The runs of a sweep as lines of text: what varied, and what came of it."""
    overrides = [dict(override.split("=", 1) for override in run.overrides) for run in runs]
    varied = [key for key in overrides[0] if len({run.get(key) for run in overrides}) > 1] if runs else []
    results = list(dict.fromkeys(name for run in runs for name in run.values))
    rows = [["run", *(key.lstrip("+~") for key in varied), *results]]
    for number, (run, given) in enumerate(zip(runs, overrides, strict=True), 1):
        cells = [_cell(run.values.get(name)) for name in results]
        rows.append([str(number), *(_shown([given[key]]) for key in varied), *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def _shown(job: Sequence[str]) -> str:
    """The overrides as they were written, without Hydra's signs and escapes."""
    return re.sub(r"\\([{}])", r"\1", " ".join(override.lstrip("+") for override in job))


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    try:
        return f"{float(value):.6g}"
    except (TypeError, ValueError):
        return " ".join(str(value).split())


def _print_configs(configs: list[DictConfig], parsed: argparse.Namespace) -> None:
    from omegaconf import OmegaConf

    for number, config in enumerate(configs):
        part = config if parsed.package is None else OmegaConf.select(config, parsed.package)
        text = OmegaConf.to_yaml(part, resolve=parsed.resolve) if OmegaConf.is_config(part) else f"{part}\n"
        print(("---\n" if number else "") + text, end="")


def _refuse(lines: list[str]) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return _REFUSED


def _schema_of(function: Callable[..., Any]) -> type | None:
    """The dataclass that the function's first parameter is declared to be."""
    try:
        hints = typing.get_type_hints(function)
    except Exception:  # noqa: BLE001  # a type that cannot be resolved is none that is known
        return None
    name = next(iter(inspect.signature(function).parameters), None)
    found = hints.get(name) if name is not None else None
    return found if isinstance(found, type) and dataclasses.is_dataclass(found) else None
