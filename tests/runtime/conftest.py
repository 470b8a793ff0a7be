"""What the tests of checking at run time share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

import neuraltypes


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[..., str]:
    """Runs a script in a new process and gives what it prints; the test fails when the script does.

    Options of the interpreter may follow the script, variables of the environment are given by name.
    """

    def run(script: str, *options: str, timeout: float = 60, **environment: str) -> str:
        path = tmp_path / "script.py"
        path.write_text(script, encoding="utf-8")
        result = subprocess.run(
            [sys.executable, *options, str(path)],
            cwd=tmp_path,
            env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
        assert result.returncode == 0, f"the script exited with {result.returncode}:\n{result.stdout}{result.stderr}"
        return result.stdout

    return run


@pytest.fixture
def compiler() -> Iterator[None]:
    """The compiler without memory of earlier tests."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@pytest.fixture(autouse=True)
def _every_call_is_checked() -> Iterator[None]:
    neuraltypes.set_checks("always")
    yield
    neuraltypes.set_checks("always")
