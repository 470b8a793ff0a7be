"""Caches of mypy, and what it says of the cases and of the project of the edits: shared by the tests of the plugin."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.plugin._cases import CASES, Message, run_mypy
from tests.plugin._edits import PROJECT, Edit, assert_effect
from tests.plugin._projects import WARM_UP, Mypy, copy_of, find_package, link_packages, write_project


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What mypy says of the project without knowing any of its modules: as it is, and after each edit."""

    mypy: Mypy
    base: Path
    folder: Path
    first: str
    cache: Path
    _after: dict[str, str] = field(default_factory=dict)

    def after(self, edit: Edit) -> str:
        """What mypy says after an edit."""
        if edit.name not in self._after:
            folder = self.folder / edit.name
            project = copy_of(PROJECT, folder / "project")
            edit.apply(project)
            self._after[edit.name] = self.mypy.check(project, copy_of(self.base, folder / "cache"))
        assert_effect(edit, self.first, self._after[edit.name])
        return self._after[edit.name]


@pytest.fixture(scope="session")
def cache_of_torch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that knows all of torch, and none of the cases."""
    folder = tmp_path_factory.mktemp("torch")
    assert not run_mypy(write_project(folder / "project", {"warm_up.py": WARM_UP}), folder / "cache")
    return folder / "cache"


@pytest.fixture(scope="session")
def cache(cache_of_torch: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """mypy's cache of the cases."""
    return copy_of(cache_of_torch, tmp_path_factory.mktemp("cases") / "cache")


@pytest.fixture(scope="session")
def reports(cache: Path) -> dict[Path, list[Message]]:
    return run_mypy(CASES, cache)


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Mypy:
    return Mypy(link_packages(tmp_path_factory.mktemp("packages"), find_package("neuraltypes").parent))


@pytest.fixture(scope="session")
def base(mypy: Mypy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that knows what mypy sees of torch, and nothing of any project. Tests take copies of it."""
    folder = tmp_path_factory.mktemp("base")
    project = write_project(folder / "project", {"warm_up.py": WARM_UP})
    cache = folder / "cache"
    assert not mypy.check(project, cache)
    return cache


@pytest.fixture(scope="session")
def outcomes(mypy: Mypy, base: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    folder = tmp_path_factory.mktemp("outcomes")
    project, cache = copy_of(PROJECT, folder / "project"), copy_of(base, folder / "cache")
    return Outcomes(mypy, base, folder, mypy.check(project, cache), cache)
