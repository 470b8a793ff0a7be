"""What README and guide show is what happens."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def shown(marker: str) -> str:
    """The fenced block after the comment `marker` in the README."""
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found is not None, marker
    return found[1]


@pytest.fixture
def wrong_program(tmp_path: Path) -> Path:
    (tmp_path / "wrong.py").write_text(shown("wrong.py"))
    (tmp_path / "pyproject.toml").write_text(shown("pyproject.toml"))
    return tmp_path


def test_the_wrong_program_gets_the_error_of_mypy_that_the_readme_shows(wrong_program: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "wrong.py"]
    done = subprocess.run(command, cwd=wrong_program, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[:-1] == shown("mypy --strict wrong.py").splitlines()


def test_the_wrong_program_stops_with_the_error_that_the_readme_shows(wrong_program: Path) -> None:
    command = [sys.executable, "wrong.py"]
    done = subprocess.run(command, cwd=wrong_program, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith(shown("python wrong.py"))


def test_the_guide_shows_what_happens() -> None:
    failed, tried = doctest.testfile(str(ROOT / "docs" / "guide.md"), module_relative=False)
    assert tried > 15
    assert failed == 0
