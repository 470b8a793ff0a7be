"""Checks of training runs: which batch did not fit, written down so that the call can be made again without data."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from torch import Tensor, nn

from models._cfg import plain_value
from models.errors import ConfigError
from neuraltypes import CheckError, checks
from neuraltypes._classes import full_name
from neuraltypes._switches import Policy, failure_handler
from neuraltypes._tags import ATTRIBUTE
from neuraltypes.config._classes import Classes
from neuraltypes.config._fit import Fitter
from neuraltypes.config._nodes import ConfigNode

OnFailure: TypeAlias = Literal["stop", "go on"]

_CHECKS, _POLICY = "checks", "policy"
_PLAIN = {full_name(kind): kind for kind in (bool, int, float, str)}


class CheckReports(Callback):
    """Runs with a policy of checks, and writes a report of the first batch with which a module's call does not fit.

    The report names batch, module and argument, with shapes and types and the model's config, never the data;
    `replay` makes the call again. `on_failure` says whether the run stops there, or goes on with a warning.

    Args:
        policy: as in `neuraltypes.checks`; None leaves the policy that is in force.
        calls: how many calls of each module are checked with the policy `"first"`.
        on_failure: `"stop"` or `"go on"`.
        folder: where reports go; by default `check_failures` in the run's folder.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        calls: int | None = None,
        on_failure: OnFailure = "stop",
        folder: str | Path | None = None,
    ) -> None:
        if on_failure not in get_args(OnFailure):
            raise ValueError(f'on_failure is {on_failure!r}, expected "stop" or "go on"')
        if policy is not None:
            with checks(policy, calls=calls):
                pass  # it refuses what it does not know
        self._policy, self._calls, self._on_failure, self._folder = policy, calls, on_failure, folder
        self.paths: list[Path] = []
        self._run_folder = ""
        self._has_reported = False
        self._open = ExitStack()
        self._at: dict[str, Any] = {}

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        self._open.close()
        self._has_reported = False
        self._run_folder = trainer.log_dir or trainer.default_root_dir  # all ranks are asked together
        if self._policy is not None:
            self._open.enter_context(checks(self._policy, calls=self._calls))

        def handle(error: CheckError, function: str, owner: Any, values: Mapping[str, Any]) -> bool:
            if self._at:
                self._report(trainer, pl_module, error, function, owner, values)
            return self._on_failure == "go on" and bool(self._at)

        token = failure_handler.set(handle)
        self._open.callback(failure_handler.reset, token)

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        self._open.close()

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        self._open.close()

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        self._at = {"batch": batch, "batch_idx": batch_idx}

    def on_train_batch_end(self, *_: Any, **__: Any) -> None:
        self._at = {}

    def on_validation_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        self._at = {"batch": batch, "batch_idx": batch_idx, "dataloader_idx": dataloader_idx}

    def on_validation_batch_end(self, *_: Any, **__: Any) -> None:
        self._at = {}

    def on_test_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        self._at = {"batch": batch, "batch_idx": batch_idx, "dataloader_idx": dataloader_idx}

    def on_test_batch_end(self, *_: Any, **__: Any) -> None:
        self._at = {}

    def on_predict_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        self._at = {"batch": batch, "batch_idx": batch_idx, "dataloader_idx": dataloader_idx}

    def on_predict_batch_end(self, *_: Any, **__: Any) -> None:
        self._at = {}

    def _report(
        self,
        trainer: pl.Trainer,
        model: pl.LightningModule,
        error: CheckError,
        function: str,
        owner: Any,
        values: Mapping[str, Any],
    ) -> None:
        """Write the first report of a run."""
        if self._has_reported:
            return
        stage = str(trainer.state.stage.value) if trainer.state.stage is not None else "none"
        folder = Path(self._folder or Path(self._run_folder) / "check_failures")
        name = f"{stage}-epoch{trainer.current_epoch}-batch{self._at['batch_idx']}-rank{trainer.global_rank}"
        report = {
            "stage": stage,
            "epoch": trainer.current_epoch,
            "global_step": trainer.global_step,
            "batch_idx": self._at["batch_idx"],
            "dataloader_idx": self._at.get("dataloader_idx", 0),
            "rank": trainer.global_rank,
            "batch": described(self._at["batch"]),
            "module": _path_of(owner, model),
            "class": full_name(type(owner)),
            "function": function,
            "arguments": {key: described(value) for key, value in values.items() if key not in ("self", "return")},
            "error": _error_data(error),
            "config": _config(model),
            "versions": {name: version(name) for name in ("neuraltypes", "pytorch-lightning", "torch")},
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = next(path for path in _names(folder, name) if not path.exists())
        path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        self._has_reported = True
        self.paths.append(path)
        error.add_note(f"report: {path}")
        if self._on_failure == "go on":
            message = f"batch {report['batch_idx']} of {stage} does not fit; report: {path}\n{error}"
            warnings.warn(message, stacklevel=2)  # of each rank: the others' batches are others


def replay(path: str | Path, model: nn.Module | type[nn.Module]) -> CheckError | None:
    """The error that the reported call gives with zeros of the same shapes and types; None if it fits now.

    Of a class a model is made with the config of the report. Named tuples and dataclasses among the arguments are found
    by name where they are imported.

    Raises:
        ValueError: the call was none of a module of the model, or an argument cannot be made of its type alone.
    """
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    if report["module"] is None:
        raise ValueError(f"the call was of {report['function']} of a {report['class']}, which is no part of the model")
    model = model(**report["config"]) if isinstance(model, type) else model
    module = model.get_submodule(report["module"])
    arguments = {name: _made(data, name) for name, data in report["arguments"].items()}
    call = module if report["function"] == "forward" else getattr(module, report["function"])
    try:
        with checks("always"), torch.no_grad():
            call(**arguments)
    except CheckError as error:
        return error
    return None


def callback_of(given: Any) -> CheckReports | None:
    """The callback for a config's `checks`: a policy, or a mapping with `policy`, `calls`, `on_failure` and `folder`.

    `given` is the place in a config, or what stands there.

    Raises:
        ConfigError: a key or value does not fit.
    """
    if given is None:
        return None
    section = given if isinstance(given, ConfigNode) else ConfigNode(given, _CHECKS)
    fitter = Fitter(Classes())
    options = fitter.arguments(_with_policy(section), CheckReports)
    fitter.raise_problems()
    try:
        return CheckReports(**options()[1])
    except ValueError as error:
        raise ConfigError(str(error), place=section.path) from None


def check_section(fitter: Fitter, section: ConfigNode) -> None:
    """Note what does not fit in a config's `checks`."""
    fitter.arguments(_with_policy(section), CheckReports)


def _with_policy(section: ConfigNode) -> ConfigNode:
    entries = dict(section.entries) if section.is_mapping else {_POLICY: section}
    if _POLICY in entries and entries[_POLICY].value is False:  # how YAML reads a bare `off`
        entries[_POLICY] = entries[_POLICY].holding("off")
    return section.with_entries(entries)


def described(value: Any) -> Any:
    """The shapes and types of a value as JSON data, and nothing of what it holds."""
    if value is None:
        return None
    if isinstance(value, Tensor):
        element = getattr(value, ATTRIBUTE, None)
        dtype = str(value.dtype).removeprefix("torch.")
        found = {"dtype": dtype, "shape": [int(size) for size in value.shape], "device": str(value.device)}
        return found | ({"element": element} if isinstance(element, str) else {})
    if type(value) in (list, tuple):
        return {type(value).__name__: [described(item) for item in value]}
    if isinstance(value, Mapping):
        return {"dict": {str(key): described(item) for key, item in value.items()}}
    kind = full_name(type(value))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {"type": kind, "fields": {key: described(getattr(value, key)) for key in value._fields}}
    if is_dataclass(value):
        return {"type": kind, "fields": {item.name: described(getattr(value, item.name)) for item in fields(value)}}
    return {"type": kind}


def _made(data: Any, place: str) -> Any:
    match data:
        case None:
            return None
        case {"dtype": dtype, "shape": shape}:
            tensor = torch.zeros(shape, dtype=getattr(torch, dtype))
            if "element" in data:
                setattr(tensor, ATTRIBUTE, data["element"])
            return tensor
        case {"list": items}:
            return [_made(item, place) for item in items]
        case {"tuple": items}:
            return tuple(_made(item, place) for item in items)
        case {"dict": items}:
            return {key: _made(item, place) for key, item in items.items()}
        case {"type": kind, "fields": fields_of} if (cls := _record_class(kind)) is not None:
            return cls(**{key: _made(item, place) for key, item in fields_of.items()})
        case {"type": kind} if kind in _PLAIN:
            return _PLAIN[kind]()
    raise ValueError(f"{place} was {data.get('type', 'something else')}, which cannot be made of its type alone")


def _record_class(name: str) -> Any:
    """The imported named tuple or dataclass of that full name."""
    module, _, last = name.rpartition(".")
    found = vars(sys.modules[module]).get(last) if module in sys.modules else None
    is_record = isinstance(found, type) and (is_dataclass(found) or hasattr(found, "_fields"))
    return found if is_record else None


def _names(folder: Path, name: str) -> Iterator[Path]:
    yield folder / f"{name}.json"
    yield from (folder / f"{name}-{number}.json" for number in count(2))


def _path_of(owner: Any, model: nn.Module) -> str | None:
    return next((name for name, module in model.named_modules() if module is owner), None)


def _error_data(error: CheckError) -> dict[str, Any]:
    failures = [
        {
            "cause": f.cause,
            "argument": f.argument + f.place,
            "expected": str(f.spec),
            "found": f.found,
            "reason": f.reason,
        }
        for f in error.failures
    ]
    return {"type": type(error).__name__, "message": str(error), "failures": failures}


def _config(model: pl.LightningModule) -> Any:
    """The hyperparameters, as far as they are data."""
    return json.loads(json.dumps(plain_value(dict(model.hparams)), default=lambda value: type(value).__qualname__))
