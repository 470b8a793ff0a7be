"""Caches of mypy that the tests of the plugin share."""

from pathlib import Path

import pytest

from tests.plugin._projects import WARM_UP, check, write_project


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that knows what `_projects.LIGHT` reads of torch, and nothing of any project. Tests take copies of it."""
    folder = tmp_path_factory.mktemp("base")
    project = write_project(folder / "project", {"warm_up.py": WARM_UP})
    cache = folder / "cache"
    assert not check(project, cache)
    return cache
