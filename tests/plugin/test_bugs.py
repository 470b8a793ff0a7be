"""The plugin finds the small real-world bugs in `bugs/` above `def main()`, and is silent about their fixed twins."""

from pathlib import Path
from typing import Final

import pytest

from tests.plugin._cases import Message, run_mypy
from tests.plugin._projects import copy_of

BUGS: Final = Path(__file__).parent / "bugs"
FILES: Final = sorted(BUGS.glob("[0-9][0-9]_*.py"))
WRONG: Final = [path for path in FILES if not path.stem.endswith("_ok")]
RIGHT: Final = [path for path in FILES if path.stem.endswith("_ok")]
NOT_YET: Final[frozenset[str]] = frozenset()


@pytest.fixture(scope="module")
def errors(cache_of_torch: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[Message]]:
    """The errors above `def main()` in each file."""
    reports = run_mypy(BUGS, copy_of(cache_of_torch, tmp_path_factory.mktemp("bugs") / "cache"))
    return {path: [one for one in reports.get(path, []) if _is_meant(path, one)] for path in FILES}


def _is_meant(path: Path, message: Message) -> bool:
    lines = path.read_text(encoding="utf-8").splitlines()
    # The harness is strict; a user's own configuration need not be.
    return message.letter == "E" and message.line <= lines.index("def main() -> None:")


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_bug_is_found(path: Path, errors: dict[Path, list[Message]]) -> None:
    assert bool(errors[path]) == (path.stem not in NOT_YET), errors[path]


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_a_fixed_twin_is_silent(path: Path, errors: dict[Path, list[Message]]) -> None:
    assert not errors[path]


def test_each_bug_is_marked_and_has_a_twin() -> None:
    assert len(WRONG) >= 25
    assert [path.stem for path in RIGHT] == [f"{path.stem}_ok" for path in WRONG]
    assert all(path.read_text(encoding="utf-8").count("# BUG:") == 1 for path in WRONG)
    assert not any("# BUG:" in path.read_text(encoding="utf-8") for path in RIGHT)
    assert {path.stem for path in WRONG} >= NOT_YET
