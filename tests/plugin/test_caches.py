"""The plugin says the same with each kind of cache, in parallel workers, and with another version as target."""

import os
from pathlib import Path

import pytest

from tests.plugin._cases import CASES, Message, run_mypy
from tests.plugin._edits import EDITS, PROJECT, Edit
from tests.plugin._projects import Mypy, assert_same, copy_of
from tests.plugin.conftest import Outcomes

SOME_EDITS = [edit for edit in EDITS if edit.name in ("axis_of_a_signature", "default", "axes_of_an_alias")]
edits = pytest.mark.parametrize("edit", SOME_EDITS, ids=lambda edit: edit.name)


@pytest.mark.parametrize("option", ["--no-sqlite-cache", "--no-fixed-format-cache"])
def test_each_kind_of_cache_gives_the_same(option: str, mypy: Mypy, outcomes: Outcomes, tmp_path: Path) -> None:
    project, cache = copy_of(PROJECT, tmp_path / "project"), tmp_path / "cache"
    assert_same(mypy.check(project, cache, option), outcomes.first)
    assert bool(list(cache.rglob("*.db"))) == (option != "--no-sqlite-cache")
    for edit in SOME_EDITS:
        edit.apply(project)
        assert_same(mypy.check(project, cache, option), outcomes.after(edit))
        edit.undo(project)
    assert_same(mypy.check(project, cache, option), outcomes.first)


@pytest.mark.parametrize("version", ["3.11", "3.13", "3.14"])
def test_each_target_gives_the_same(version: str, mypy: Mypy, outcomes: Outcomes, tmp_path: Path) -> None:
    assert_same(mypy.check(PROJECT, tmp_path / "cache", "--python-version", version), outcomes.first)
    assert_same(mypy.check(PROJECT, tmp_path / "cache", "--python-version", version), outcomes.first)


@edits
def test_workers_see_an_edit(edit: Edit, mypy: Mypy, outcomes: Outcomes, tmp_path: Path) -> None:
    project, cache = copy_of(PROJECT, tmp_path / "project"), copy_of(outcomes.cache, tmp_path / "cache")
    edit.apply(project)
    assert_same(mypy.check(project, cache, "-n", "2"), outcomes.after(edit))
    assert_same(mypy.check(project, cache), outcomes.after(edit))


def test_workers_need_no_cache(mypy: Mypy, outcomes: Outcomes, tmp_path: Path) -> None:
    assert_same(mypy.check(PROJECT, tmp_path / "cache", "-n", "2"), outcomes.first)
    assert_same(mypy.check(PROJECT, tmp_path / "cache"), outcomes.first)


@pytest.mark.parametrize("workers", ["2", "4"])
def test_workers_say_of_the_cases_what_one_process_says(
    workers: str,
    reports: dict[Path, list[Message]],
    cache_of_torch: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MYPY_NUM_WORKERS", workers)
    found = run_mypy(CASES, copy_of(cache_of_torch, tmp_path / "cache"))
    assert {path: sorted(messages) for path, messages in found.items()} == {
        path: sorted(messages) for path, messages in reports.items()
    }


def test_many_workers_run(mypy: Mypy, tmp_path: Path) -> None:
    """The option above is one that mypy reads."""
    other = Mypy(mypy.packages, mypy.config, os.environ | {"MYPY_NUM_WORKERS": "x"})
    assert other.run(PROJECT, "mypy", *other.options(tmp_path / "cache"), ".").returncode == 2
