"""The plugin says about each case file what the comments in it expect, no more and no less."""

from pathlib import Path

import pytest

from tests.plugin._cases import CASES, Message, describe_difference, read_expectations, run_mypy

FILES = sorted(CASES.rglob("*.py"))

WRONG = """
from jaxtyping import Float
from torch import Tensor

def head(x: Float[Tensor, "b 5"]) -> Tensor:
    return x

def missing(x: Float[Tensor, "b 5"]) -> None:
    head(x)  # E: axis 1 is 4  [shape-mismatch]

def unexpected(x: Float[Tensor, "b 4"]) -> None:
    head(x)

def other_code(x: Float[Tensor, "b 4"]) -> None:
    head(x)  # E: [axis-kind]
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CASES).with_suffix("")))
def test_a_case_is_reported_as_its_comments_expect(path: Path, reports: dict[Path, list[Message]]) -> None:
    difference = describe_difference(path.read_text(encoding="utf-8"), reports.get(path, []))
    assert not difference, f"{path.relative_to(CASES)}\n{difference}"


def test_nothing_is_reported_outside_of_the_cases(reports: dict[Path, list[Message]]) -> None:
    assert set(reports) <= set(FILES)


def test_a_wrong_expectation_is_found(tmp_path: Path, cache: Path, reports: dict[Path, list[Message]]) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(WRONG, encoding="utf-8")
    difference = describe_difference(WRONG, run_mypy(tmp_path, cache)[path])
    words = [line.split()[:2] for line in difference.splitlines()]
    assert words == [["missing", "9:"], ["unexpected", "12:"], ["missing", "15:"], ["unexpected", "15:"]], difference


def test_comments_are_read() -> None:
    source = """
f(x)  # E: axis "#c" is 8  [shape-mismatch] # E: [axis-kind] # N: Expected
reveal_type(x)  # R: Tensor[Float]
g(x)  # TODO(defect): E: nothing yet
h("# E: no comment")  # an E: of no kind
"""
    expected = read_expectations(source)
    assert expected.messages == (
        Message(2, "E", 'axis "#c" is 8', "shape-mismatch"),
        Message(2, "E", "", "axis-kind"),
        Message(2, "N", "Expected"),
        Message(3, "R", "Tensor[Float]"),
    )
    assert expected.exempt == {4}
    assert not expected.names_all_notes


@pytest.mark.parametrize(
    ("source", "reported", "difference"),
    [
        ("f()  # E: a  [b]", [Message(1, "E", "an a", "b")], ""),
        ("f()  # E: a  [b]", [], "missing    1: # E: a  [b]"),
        ("f()  # E: [b]", [Message(1, "E", "an a", "c")], "missing    1: # E:   [b]\nunexpected 1: # E: an a  [c]"),
        ("f()  # E: a # E: a", [Message(1, "E", "a")], "missing    1: # E: a"),
        ("f()", [Message(1, "N", "a")], ""),
        ("f()  # N: a", [], "missing    1: # N: a"),
        ("f()\n# notes: all", [Message(1, "N", "a")], "unexpected 1: # N: a"),
        ("f()  # R: int", [Message(1, "R", "str")], "missing    1: # R: int"),
        ("f()  # TODO(defect): silent", [Message(1, "E", "a")], ""),
    ],
)
def test_the_difference_is_described(source: str, reported: list[Message], difference: str) -> None:
    assert describe_difference(source, reported) == difference


def test_every_case_states_its_rule() -> None:
    assert FILES
    without = [path.name for path in FILES if not path.read_text(encoding="utf-8").startswith('"""')]
    assert not without
