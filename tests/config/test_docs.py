"""What docs/config.md shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:<!-- (.+?) -->\n)?```(\w+)\n(.*?)```", TEXT, re.DOTALL)
SHOWN = {mark: text for mark, _, text in BLOCKS if mark}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("app.py", "model.yaml", "train.py"):
        (tmp_path / name).write_text(SHOWN[name])
    return tmp_path


def run(folder: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_check(folder: Path) -> None:
    command = next(mark for mark in SHOWN if mark.startswith("neuraltypes config"))
    assert run(folder, "-m", *command.split()) == SHOWN[command]


def test_the_code_and_its_errors(folder: Path) -> None:
    code = "".join(text for mark, _, text in BLOCKS if mark == "run")
    error = f"try:\n    {SHOWN['error']}except ValueError as error:\n    print(error)\n"
    expected = "".join(text for mark, kind, text in BLOCKS if kind == "text" and not mark)
    got = run(folder, "-c", code + error)
    assert got.replace("\n\n", "\n") == expected


def test_the_sweep(folder: Path) -> None:
    command = next(mark for mark in SHOWN if mark.startswith("python"))
    assert run(folder, *command.split()[1:]) == SHOWN[command]
