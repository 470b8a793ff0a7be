"""Caches of mypy, and what it says of the project of the edits: shared by the tests of the plugin."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.plugin._edits import PROJECT, Edit, assert_effect
from tests.plugin._projects import WARM_UP, check, copy_of, write_project


@dataclass(frozen=True, slots=True)
class Checked:
    """What was said of a project, and the cache after that."""

    cache: Path
    output: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What mypy says of the project without knowing any of its modules: as it is, and after each edit."""

    first: Checked
    _base: Path
    _folder: Path
    _cold: dict[str, str] = field(default_factory=dict)

    def cold(self, edit: Edit) -> str:
        """What mypy says after an edit."""
        if edit.name not in self._cold:
            project = copy_of(PROJECT, self._folder / edit.name / "project")
            edit.apply(project)
            self._cold[edit.name] = check(project, copy_of(self._base, self._folder / edit.name / "cache"))
        assert_effect(edit, self.first.output, self._cold[edit.name])
        return self._cold[edit.name]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that knows what `_projects.LIGHT` reads of torch, and nothing of any project. Tests take copies of it."""
    folder = tmp_path_factory.mktemp("base")
    project = write_project(folder / "project", {"warm_up.py": WARM_UP})
    cache = folder / "cache"
    assert not check(project, cache)
    return cache


@pytest.fixture(scope="session")
def outcomes(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    folder = tmp_path_factory.mktemp("outcomes")
    project, cache = copy_of(PROJECT, folder / "first"), copy_of(base, folder / "cache")
    return Outcomes(Checked(cache, check(project, cache)), base, folder)
