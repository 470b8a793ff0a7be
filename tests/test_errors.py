"""Error classes: one hierarchy, which `docs/errors.md` shows, and all of them picklable."""

import importlib
import pickle
import pkgutil
import re
from pathlib import Path

import pytest

import models
import neuraltypes
from models.failing import RankError
from neuraltypes import archive, config

GUIDE = (Path(__file__).parent.parent / "docs" / "errors.md").read_text()
PUBLIC = {"neuraltypes": neuraltypes, "neuraltypes.config": config, "neuraltypes.archive": archive, "models": models}
# What the command line and the runner catch themselves.
INTERNAL = {"neuraltypes.config.errors.UsageError", "models._compose.CompositionError"}


def defined() -> set[type[Exception]]:
    """The error classes of the two packages, those that begin with an underscore left out."""
    found: set[type[Exception]] = set()
    for package in (neuraltypes, models):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2] in ("errors", "_errors", "failing", "_compose"):
                members = vars(importlib.import_module(module.name)).values()
                errors = {value for value in members if isinstance(value, type) and issubclass(value, Exception)}
                found |= {cls for cls in errors if cls.__module__.partition(".")[0] in ("neuraltypes", "models")}
    return found


def name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def test_every_error_is_public_under_its_name_or_internal() -> None:
    exported = {getattr(package, name) for package in PUBLIC.values() for name in package.__all__}
    hidden = {name(cls) for cls in defined() if cls not in exported}
    assert hidden == INTERNAL


def test_the_guide_shows_each_with_its_bases() -> None:
    shown = set()
    for shown_as, bases in re.findall(r"^\| `([\w.]+)`.*? \| (.*?) \|", GUIDE, re.MULTILINE):
        package, _, last = shown_as.rpartition(".")
        cls = getattr(PUBLIC[package], last)
        shown.add(cls)
        for base in re.findall(r"`([\w.]+)`", bases):
            assert base.rpartition(".")[2] in {one.__name__ for one in cls.__mro__}, (shown_as, base)
    others = {cls for cls in defined() if issubclass(cls, archive.ArchiveError | neuraltypes.CheckError)}
    assert shown | others == {cls for cls in defined() if name(cls) not in INTERNAL}


def test_one_clause_catches_every_config() -> None:
    assert models.ConfigError is config.ConfigError
    assert issubclass(archive.ConfigError, config.ConfigError)
    assert issubclass(archive.ConfigError, archive.ArchiveError)


@pytest.mark.parametrize(
    "error",
    [
        config.ConfigError("is wrong", place="a.b"),
        config.ConfigError([config.Problem("a", "x", "int", "str", "b", config.Position("f", 3))] * 2),
        archive.ConfigError("no data", problems=[config.Problem("a", "x")], place="a"),
        archive.ConfigError("no data"),
        models.WiringError("does not fit", []),
        models.CollateError("differ", field="x", axis=1, got=(2, 3)),
        RankError(1, "broken"),
    ],
)  # fmt: skip
def test_errors_go_through_pickle(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert getattr(again, "problems", None) == getattr(error, "problems", None)
    assert vars(again) == vars(error)
