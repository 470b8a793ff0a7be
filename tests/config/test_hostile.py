"""A config names classes that are imported or allowed, by their exact names; nothing else runs or is imported."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
import torch
from omegaconf import OmegaConf
from torch import nn

from neuraltypes import NeuralModule
from neuraltypes.config import ConfigError, check, instantiate


class Plain:
    made: ClassVar[list[str]] = []

    def __init__(self, **given: Any) -> None:
        self.made.append(type(self).__name__)


class Derived(Plain):
    pass


class Holder(NeuralModule):
    def __init__(self, *, anything: Any = None, module: nn.Module | None = None) -> None:
        super().__init__()

    class Inner(NeuralModule):
        def __init__(self) -> None:
            super().__init__()


HERE = __name__
HOSTILE = [
    "os.system",
    "posix.system",
    "builtins.eval",
    "builtins.exec",
    "builtins.print",
    "eval",
    "subprocess.Popen",
    "torch.load",
    "torch.hub.load",
    "torch.nn.modules.module.torch.load",
    "torch.nn.modules.module.torch.optim.AdamW",
    "torch.nn.Module.__class__",
    "torch.nn.Sequential",
    "torch.nn.Linear",
    "torch.optim.Adam",
    "torch.optim.adam.Adam",
    "torch.optim",
    "torch.utils.data.DataLoader",
    "importlib.import_module",
    "antigravity.webbrowser",
    "this.s",
    "ctypes.CDLL",
    f"{HERE}.Derived",
    f"{HERE}.Plain.made",
    f"{HERE}.Holder.Inner.__init__",
    f"{HERE}.Holder.__class__",
    f"{HERE}.Holder.from_config_dict",
    f"{HERE}.Holder.restore_from",
    f"{HERE}.torch.optim.AdamW",
    f"{HERE}..Holder",
    f"{HERE}.holder",
    f" {HERE}.Holder",
    "neuraltypes._restorable.Restorable.restore_from",
    "neuraltypes.config.instantiate",
    "..Holder",
    "Holder",
    ".",
    "",
]
NO_TEXTS = [None, 3, True, ["os.system"], {"_target_": "os.system"}, {"a": 1}]


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> Any:
    def refuse(*arguments: Any, **_: Any) -> Any:
        raise AssertionError(f"this ran: {arguments}")

    for owner, name in ((os, "system"), (subprocess, "Popen"), (torch, "load"), (torch.hub, "load")):
        monkeypatch.setattr(owner, name, refuse)
    Plain.made.clear()
    yield
    assert Plain.made == []


@pytest.fixture
def nothing_is_imported() -> Any:
    for make in makes({"_target_": "missing.Missing"}):  # loads what is ours, at its first use
        with pytest.raises(ConfigError):
            make()
    before = set(sys.modules)
    yield
    assert set(sys.modules) - before == set()


def makes(config: Any) -> list[Any]:
    return [
        lambda: NeuralModule.from_config_dict(config, allow=ALLOW),
        lambda: Holder().from_config_dict(config, allow=ALLOW),
        lambda: instantiate(config, allow=ALLOW),
        lambda: instantiate(config, Plain, allow=ALLOW),
        lambda: Holder.from_config_dict({"anything": config}, allow=ALLOW),
        lambda: Holder.from_config_dict({"module": config}, allow=ALLOW),
        lambda: Holder.from_config_dict({"anything": [{"deep": config}]}, allow=ALLOW),
        lambda: Holder.from_config_dict(OmegaConf.create({"anything": config}), allow=ALLOW),
        lambda: check({"a": config}, allow=ALLOW).raise_problems(),
    ]


ALLOW = [Plain, torch.optim.AdamW]


@pytest.mark.usefixtures("nothing_is_imported")
@pytest.mark.parametrize("target", [*HOSTILE, *NO_TEXTS])
def test_a_hostile_target_is_a_problem(target: Any) -> None:
    for make in makes({"_target_": target, "path": "echo", "_args_": ["echo"]}):
        with pytest.raises(ConfigError, match="_target_"):
            make()


@pytest.mark.parametrize("key", ["_target_", "target", "_partial_", "_recursive_", "_convert_", "cls", "__class__"])
def test_no_other_key_names_a_class(key: str) -> None:
    with pytest.raises(ConfigError):
        Holder.from_config_dict({key: "os.system"})


def test_a_lazy_module_is_not_loaded_to_look_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lazy(ModuleType):
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(f"asked for {name}")

    def missing(name: str) -> Any:
        raise AssertionError(f"asked for {name}")

    dynamic = ModuleType("dynamic")
    dynamic.__dict__["__getattr__"] = missing
    monkeypatch.setitem(sys.modules, "dynamic", dynamic)
    with pytest.raises(ConfigError):
        instantiate({"_target_": "dynamic.Holder"})
    monkeypatch.setitem(sys.modules, "lazy", Lazy("lazy"))
    with pytest.raises(ConfigError):
        instantiate({"_target_": "lazy.Holder"})
    monkeypatch.delitem(sys.modules, "lazy")
    monkeypatch.delitem(sys.modules, "dynamic")


def test_a_module_on_the_path_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "evil_module.py").write_text("raise AssertionError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.util.find_spec("evil_module") is not None
    with pytest.raises(ConfigError):
        instantiate({"_target_": "evil_module.Evil"})
    assert "evil_module" not in sys.modules


def test_an_alias_in_an_imported_module_is_the_class_itself() -> None:
    made = instantiate(
        {"_target_": "torch.optim.AdamW"}, allow=[torch.optim.AdamW], given={"params": [nn.Parameter(torch.ones(1))]}
    )
    assert type(made) is torch.optim.AdamW
    assert type(instantiate({"_target_": f"{HERE}.Holder.Inner"})) is Holder.Inner
