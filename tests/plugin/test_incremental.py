"""After an edit the plugin says what it says without a cache."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.plugin._edits import PROJECT, Edit, parameters
from tests.plugin._projects import Mypy, assert_same, copy_of
from tests.plugin.conftest import Outcomes

DEFECTS: dict[str, str] = {}


def test_an_unchanged_project_is_reported_as_before(mypy: Mypy, outcomes: Outcomes, tmp_path: Path) -> None:
    project, cache = copy_of(PROJECT, tmp_path / "project"), copy_of(outcomes.cache, tmp_path / "cache")
    assert_same(mypy.check(project, cache), outcomes.first)
    assert_same(mypy.check(project, cache), outcomes.first)


@pytest.mark.parametrize("edit", parameters(DEFECTS))
def test_after_an_edit_all_is_as_without_a_cache(edit: Edit, mypy: Mypy, outcomes: Outcomes, tmp_path: Path) -> None:
    project, cache = copy_of(PROJECT, tmp_path / "project"), copy_of(outcomes.cache, tmp_path / "cache")
    edit.apply(project)
    with ThreadPoolExecutor() as pool:
        warm = pool.submit(mypy.check, project, cache)
        assert_same(warm.result(), outcomes.after(edit))
    edit.undo(project)
    assert_same(mypy.check(project, cache), outcomes.first)  # the edit was taken back
