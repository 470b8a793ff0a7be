"""Small projects that are checked again and again: with mypy's caches, after edits, in other ways.

A cold check of torch takes half a minute. Here mypy reads of torch what the plugin is about and takes the rest for
`Any`, which makes 3 s of it, and each test starts from a copy of the cache that knows torch already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.plugin._cases import CONFIG

LIGHT: Final = f"""{CONFIG}
[mypy-torch.*,numpy.*,beartype.*]
follow_imports = skip
follow_imports_for_stubs = true
[mypy-torch,torch._tensor,torch._C,torch._C._VariableFunctions,torch.types,torch.nn,torch.nn.functional]
follow_imports = normal
[mypy-torch.nn.parameter,torch.nn.modules.*]
follow_imports = normal
"""
WARM_UP: Final = """
import contextlib, dataclasses, functools, typing
import jaxtyping, neuraltypes.elements, torch
"""
_FAILURES: Final = ("neuraltypes-failure", "INTERNAL ERROR", "Traceback", "Daemon crashed")


def write_later(path: Path, source: str) -> None:
    """Write a file anew, with a time that mypy takes for another: it compares seconds, and here all goes faster."""
    later = (path.stat().st_mtime if path.exists() else time.time()) + 10
    path.write_text(source, encoding="utf-8")
    os.utime(path, (later, later))


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


def check(
    folder: Path, cache: Path, *options: str, config: str = LIGHT, environment: Mapping[str, str] | None = None
) -> str:
    """What mypy prints about a project, where nothing failed inside of it."""
    output = check_anyhow(folder, cache, *options, config=config, environment=environment)
    assert_no_failure(output)
    return output


def check_anyhow(
    folder: Path, cache: Path, *options: str, config: str = LIGHT, environment: Mapping[str, str] | None = None
) -> str:
    """What mypy prints about a project; the plugin may have failed, mypy may not."""
    command = ["mypy", *mypy_options(folder, cache, config), *options, "."]
    result = run_module(command, folder, environment)
    output = result.stdout + result.stderr
    assert result.returncode in (0, 1), f"mypy exited with {result.returncode}:\n{output}"
    return output


def mypy_options(folder: Path, cache: Path, config: str = LIGHT) -> list[str]:
    """The options of every check."""
    path = cache.with_name(f"{cache.name}.ini")
    path.write_text(config, encoding="utf-8")
    return ["--config-file", str(path), "--cache-dir", str(cache), "--no-error-summary"]


def assert_no_failure(output: str) -> None:
    """Nothing failed, neither in the plugin nor in mypy."""
    failed = [line for line in output.splitlines() if any(failure in line for failure in _FAILURES)]
    assert not failed, "failed:\n" + output


def run_module(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m` in a folder."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "MYPYPATH": "", "MYPY_NUM_WORKERS": "0"} | dict(environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )


class Daemon:
    """A daemon of mypy on a project."""

    def __init__(self, folder: Path, cache: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._status = cache.with_name(f"{cache.name}.status.json")
        self._options = [*mypy_options(folder, cache), *options]
        self._environment = environment

    def run(self) -> str:
        """What the daemon says; the first run starts it."""
        return self._ask("run", "--", *self._options, ".")

    def check(self) -> str:
        """What the daemon says that runs already."""
        return self._ask("check", ".")

    def recheck(self) -> str:
        """What the daemon says about the same files again."""
        return self._ask("recheck")

    def _ask(self, *command: str) -> str:
        asked = ["mypy.dmypy", "--status-file", str(self._status), *command]
        result = run_module(asked, self.folder, self._environment)
        output = result.stdout + result.stderr
        assert result.returncode in (0, 1), f"dmypy exited with {result.returncode}:\n{output}"
        assert_no_failure(output)
        starting = ("Daemon started", "Restarting: ", "Daemon stopped")
        return "".join(line for line in result.stdout.splitlines(keepends=True) if not line.startswith(starting))

    def kill(self) -> None:
        """End the daemon, whether it runs or not."""
        run_module(["mypy.dmypy", "--status-file", str(self._status), "kill"], self.folder, self._environment)


@contextmanager
def daemon(folder: Path, cache: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Daemon]:
    """A daemon that ends with the block."""
    found = Daemon(folder, cache, *options, environment=environment)
    try:
        yield found
    finally:
        found.kill()
