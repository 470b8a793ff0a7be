"""`[tool.neuraltypes]`: where tracking is lost is said on demand, and a wrong key is refused."""

from pathlib import Path

from tests.plugin._projects import Mypy, copy_of, write_project

OPERATIONS = """
import torch
from jaxtyping import Float
from torch import Tensor

def once(x: Float[Tensor, "b t"], y: Tensor, maybe: Float[Tensor, "b t"] | None) -> None:
    x + y
    y @ x
    torch.cat([x, x])
    torch.linalg.multi_dot([y, x]) + x
    y * 2
    if maybe is None:
        maybe = torch.zeros_like(x)
    z = y
    z = y.relu()
"""
MODULE = """
from jaxtyping import Float
from torch import Tensor

def call(x: Float[Tensor, "b t"], y: Tensor) -> Float[Tensor, "b t"]:
    x = y
    return call(x, y)
"""


def check(options: str, mypy: Mypy, base: Path, folder: Path, source: str = MODULE) -> str:
    project = write_project(folder / "project", {"module.py": source})
    (project / "pyproject.toml").write_text(f"[tool.neuraltypes]\n{options}\n")
    result = mypy.run(project, "mypy", *mypy.options(copy_of(base, folder / "cache")), ".")
    return result.stdout + result.stderr


def test_nothing_is_said_by_default(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    assert not check("", mypy, base, tmp_path)


def test_where_tracking_is_lost_is_said_on_demand(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    assert check("report_untracked = true", mypy, base, tmp_path).splitlines() == [
        'module.py:6: note: The axes of "x" are not known from here on',
        'module.py:7: note: Argument "x" to "call" is not checked: its axes are not known',
    ]


def test_operations_that_lose_it_are_said_where_they_stand(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    assert check("report_untracked = true", mypy, base, tmp_path, OPERATIONS).splitlines() == [
        'module.py:7: note: The axes of what "+" gives are not known: those of the right operand are not',
        'module.py:8: note: The axes of what "@" gives are not known: those of the left operand are not',
    ]


def test_an_unknown_key_is_refused_with_the_nearest_one(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    said = check("report_untraked = true", mypy, base, tmp_path)
    assert 'has no key "report_untraked"; did you mean "report_untracked"?' in said


def test_a_value_of_the_wrong_type_is_refused(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    assert "report_untracked is 1, expected true or false" in check("report_untracked = 1", mypy, base, tmp_path)
