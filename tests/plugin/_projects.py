"""Small projects that are checked again and again: with mypy's caches, after edits, in other ways.

A cold check of all of torch takes half a minute. Here mypy sees those modules of it that the plugin is about, which
takes 3 s, and each test starts from a copy of a cache that knows them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tests.plugin._cases import CONFIG

WARM_UP: Final = """
import contextlib, dataclasses, functools, typing
import jaxtyping, neuraltypes.elements, torch
"""
_PACKAGES: Final = """
no_site_packages = true
mypy_path = {path}
[mypy-torch.*,jaxtyping.*,neuraltypes.*,neuraltypes_mypy.*,mypy.*,pydantic.*,pydantic_core.*,typing_inspection.*]
ignore_errors = true
ignore_missing_imports = true
implicit_reexport = true
[pydantic-mypy]
init_typed = true
init_forbid_extra = true
"""
_OF_TORCH: Final = (
    "__init__.py",
    "_C/__init__.pyi",
    "_C/_VariableFunctions.pyi",
    "_tensor.py",
    "nn/__init__.py",
    "nn/functional.pyi",
    "nn/modules",
    "nn/parameter.pyi",
    "types.py",
)
_FAILURES: Final = ("neuraltypes-failure", "neuraltypes failed", "INTERNAL ERROR", "Traceback", "Daemon crashed")
_ABOUT_THE_DAEMON: Final = ("Daemon started", "Daemon stopped", "Restarting: ")


@dataclass(frozen=True, slots=True)
class Mypy:
    """mypy as it is run here."""

    packages: Path
    config: str = CONFIG
    environment: Mapping[str, str] = field(default_factory=dict)

    def check(self, folder: Path, cache: Path, *options: str) -> str:
        """What is printed about a project, where nothing fails inside of the plugin."""
        output = self.check_anyhow(folder, cache, *options)
        assert_no_failure(output)
        return output

    def check_anyhow(self, folder: Path, cache: Path, *options: str) -> str:
        """What is printed about a project. The plugin may fail, mypy may not."""
        result = self.run(folder, "mypy", *self.options(cache), *options, ".")
        output = result.stdout + result.stderr
        assert result.returncode in (0, 1), f"mypy exited with {result.returncode}:\n{output}"
        return output

    def options(self, cache: Path) -> list[str]:
        """The options that stand before all others; the configuration is written beside the cache."""
        path = cache.with_name(f"{cache.name}.ini")
        path.write_text(self.config + _PACKAGES.format(path=self.packages), encoding="utf-8")
        return ["--config-file", str(path), "--cache-dir", str(cache), "--no-error-summary"]

    def run(self, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m` in a folder."""
        fixed = {"NO_COLOR": "1", "MYPYPATH": "", "MYPY_NUM_WORKERS": "0"}
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=folder,
            env={**os.environ, **fixed, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def with_config(self, old: str, new: str) -> Mypy:
        """The same, with a line of the configuration replaced."""
        assert old in self.config
        return replace(self, config=self.config.replace(old, new))


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon of mypy for a project."""

    mypy: Mypy
    folder: Path
    cache: Path
    options: tuple[str, ...]

    def run(self) -> str:
        """What `dmypy run` prints, which starts the daemon where none runs."""
        return self._ask("run", "--", *self.mypy.options(self.cache), *self.options, ".")

    def check(self) -> str:
        """What `dmypy check` prints, of a daemon that runs."""
        return self._ask("check", ".")

    def kill(self) -> None:
        """End the daemon, whether it runs or not."""
        self._command("kill")
        self._status.unlink(missing_ok=True)  # or the next run may ask a process that nobody has waited for

    @property
    def _status(self) -> Path:
        return self.cache.with_name(f"{self.cache.name}.json")

    def _ask(self, *command: str) -> str:
        result = self._command(*command)
        output = result.stdout + result.stderr
        assert result.returncode in (0, 1), f"dmypy exited with {result.returncode}:\n{output}"
        assert_no_failure(output)
        return "".join(line for line in output.splitlines(keepends=True) if not line.startswith(_ABOUT_THE_DAEMON))

    def _command(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.mypy.run(self.folder, "mypy.dmypy", "--status-file", str(self._status), *command)


@contextmanager
def daemon(mypy: Mypy, folder: Path, cache: Path, *options: str) -> Iterator[Daemon]:
    """A daemon that ends with the block."""
    found = Daemon(mypy, folder, cache, options)
    try:
        yield found
    finally:
        found.kill()


def assert_no_failure(output: str) -> None:
    """Nothing failed inside, neither in the plugin nor in mypy."""
    assert not any(failure in output for failure in _FAILURES), f"a failure inside:\n{output}"


def link_packages(folder: Path, source: Path) -> Path:
    """A folder in which mypy finds a part of torch and all else that the plugin needs, our own packages in `source`."""
    link(folder, "jaxtyping", find_package("jaxtyping"))
    for name in ("neuraltypes", "neuraltypes_mypy"):
        link(folder, name, source / name)
    torch = find_package("torch")
    for part in _OF_TORCH:
        link(folder, f"torch/{part}", torch / part)
    return folder


def link(folder: Path, name: str, target: Path) -> None:
    """Make a file or a folder visible under another name."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def find_package(name: str) -> Path:
    """Where an installed package lies."""
    spec = importlib.util.find_spec(name)
    assert spec is not None, f"{name} is not installed"
    assert spec.origin is not None, f"{name} is no package"
    return Path(spec.origin).parent


def copy_of(folder: Path, target: Path) -> Path:
    """A copy of a project or a cache, at a place that does not exist yet."""
    shutil.copytree(folder, target)
    return target


def write_project(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files."""
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


def write_later(path: Path, source: str) -> None:
    """Write a file anew, with a time that mypy takes for another: it compares seconds, and here all goes faster."""
    later = (path.stat().st_mtime if path.exists() else time.time()) + 10
    path.write_text(source, encoding="utf-8")
    os.utime(path, (later, later))


def assert_same(said: str, expected: str) -> None:
    """mypy prints modules that do not import each other in any order."""
    assert sorted(said.splitlines()) == sorted(expected.splitlines())
