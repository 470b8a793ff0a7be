"""After an edit the plugin says what it says without a cache."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.plugin._edits import PROJECT, Edit, parameters
from tests.plugin._projects import check, copy_of
from tests.plugin.conftest import Outcomes

DEFECTS = {
    "dtype_passed_on": "what a module passes on under another name is no dependency of those who use it",
    "body_of_a_user_of_one": "a module from the cache does not tell what it passes on under another name",
}


def test_an_unchanged_project_is_reported_as_before(outcomes: Outcomes, tmp_path: Path) -> None:
    project, cache = copy_of(PROJECT, tmp_path / "project"), copy_of(outcomes.first.cache, tmp_path / "cache")
    assert check(project, cache) == outcomes.first.output
    assert check(project, cache) == outcomes.first.output


@pytest.mark.parametrize("edit", parameters(DEFECTS))
def test_after_an_edit_all_is_as_without_a_cache(edit: Edit, outcomes: Outcomes, tmp_path: Path) -> None:
    project, cache = copy_of(PROJECT, tmp_path / "project"), copy_of(outcomes.first.cache, tmp_path / "cache")
    edit.apply(project)
    with ThreadPoolExecutor() as pool:
        warm = pool.submit(check, project, cache)
        assert outcomes.cold(edit) == warm.result()
    edit.undo(project)
    assert check(project, cache) == outcomes.first.output, "the edit was taken back"
