"""The daemon says after each edit what a run without a daemon says."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.plugin._edits import PROJECT, Edit, parameters
from tests.plugin._projects import Daemon, Mypy, assert_same, copy_of, daemon
from tests.plugin.conftest import Outcomes

DEFECTS: Final[dict[str, str]] = {}


@pytest.fixture(scope="module")
def running(mypy: Mypy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("daemon")
    with daemon(mypy, copy_of(PROJECT, folder / "project"), folder / "cache") as found:
        yield found


def test_the_daemon_says_what_a_run_says(running: Daemon, outcomes: Outcomes) -> None:
    assert_same(running.run(), outcomes.first)
    assert_same(running.check(), outcomes.first)


@pytest.mark.parametrize("edit", parameters(DEFECTS))
def test_after_an_edit_the_daemon_says_what_a_run_says(edit: Edit, running: Daemon, outcomes: Outcomes) -> None:
    assert_same(running.run(), outcomes.first)  # the edit before was taken back
    try:
        edit.apply(running.folder)
        assert_same(running.check(), outcomes.after(edit))
    except AssertionError:
        running.kill()  # what it knows may be wrong; the next run starts another one
        raise
    finally:
        edit.undo(running.folder)


def test_edits_that_were_taken_back_leave_nothing(running: Daemon, outcomes: Outcomes) -> None:
    assert_same(running.run(), outcomes.first)
