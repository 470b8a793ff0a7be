"""The wheel holds what it should, and the README's quick start runs where nothing but the wheel is installed.

The environment of the quick start gets the wheel's declared dependencies as links to those of the running environment:
an undeclared one is missing there, and nothing is downloaded.
"""

import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from tarfile import TarFile
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "neuraltypes", "neuraltypes_mypy")


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; the test fails with that when the command does."""
    result = subprocess.run(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert result.returncode == 0, f"{' '.join(map(str, command))} exited with {result.returncode}:\n{result.stdout}"
    return result.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


def source_files(folder: Path) -> Iterator[str]:
    """Paths of the files below a folder, relative to it."""
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix()


def test_the_wheel_holds_the_packages_and_the_stubs(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    stubs = {f"neuraltypes_mypy/stubs/{name}" for name in source_files(ROOT / "stubs")}
    assert names == stubs | set(source_files(ROOT / "src"))
    assert stubs
    assert {f"{package}/py.typed" for package in PACKAGES} <= names


def test_the_source_distribution_holds_what_builds_and_tests_it(dist: Path) -> None:
    with TarFile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "LICENSE", "README.md", "Makefile", "constraints.txt", "stubs/README.md"} <= names
    assert "tests/test_wheel.py" in names
    assert not any(name.startswith(".venv") for name in names)


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel and links to the dependencies that it declares, extras left out."""
    env = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", env, cwd=env)
    pip = (sys.executable, "-m", "pip", "--python", python_of(env), "--disable-pip-version-check")
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=env)
    site_packages = site_packages_of(env)
    (installed,) = distributions(name="neuraltypes", path=[str(site_packages)])
    for dependency in dependencies_of(installed):
        link_files(dependency, site_packages)
    return env


def python_of(env: Path) -> Path:
    return Path(sysconfig.get_path("scripts", "venv", {"base": str(env)})) / Path(sys.executable).name


def site_packages_of(env: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(env)}))


def dependencies_of(root: Distribution) -> list[Distribution]:
    """The installed distributions that one needs to run, those that they need in turn included."""
    found: dict[str, Distribution] = {}
    waiting = required_names(root, extras={""})
    while waiting:
        name, extras = waiting.pop()
        if name not in found:
            found[name] = distribution(name)
            waiting += required_names(found[name], extras=extras | {""})
    return list(found.values())


def required_names(dist: Distribution, extras: set[str]) -> list[tuple[str, set[str]]]:
    """Name and extras of each direct requirement, its marker evaluated here."""
    requirements = map(Requirement, dist.requires or ())
    return [
        (canonicalize_name(requirement.name), requirement.extras)
        for requirement in requirements
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def link_files(dist: Distribution, site_packages: Path) -> None:
    """Make a distribution's modules and metadata importable from another folder of packages."""
    for top in {file.parts[0] for file in dist.files or ()} - {"..", "__pycache__"}:
        link = site_packages / top
        if not link.exists():
            link.symlink_to(Path(str(dist.locate_file(top))))


def test_the_packages_come_from_the_wheel(environment: Path) -> None:
    for package in PACKAGES:
        script = f"from importlib.util import find_spec; print(find_spec({package!r}).origin)"
        origin = run(python_of(environment), "-I", "-c", script, cwd=environment).strip()
        assert Path(origin) == site_packages_of(environment) / package / "__init__.py"


def test_what_is_not_declared_is_not_there(environment: Path) -> None:
    script = "from importlib.util import find_spec; assert not find_spec('pytest'); assert find_spec('torch')"
    run(python_of(environment), "-I", "-c", script, cwd=environment)


def quick_start(readme: str) -> str:
    """The first block of Python in the section of a README whose title names the quick start.

    Raises:
        AssertionError: there is no such section, or no such block in it.
    """
    section = re.search(r"(?ims)^## [^\n]*quick ?start[^\n]*\n(.*?)(?=^## |\Z)", readme)
    assert section is not None, 'README.md has no section "## Quick start"'
    block = re.search(r"(?ms)^```python[^\n]*\n(.*?)^```$", section[1])
    assert block is not None, 'README.md has no block "```python" in its section "## Quick start"'
    return block[1]


def test_the_quick_start_of_the_readme_runs(environment: Path, tmp_path: Path) -> None:
    script = tmp_path / "quick_start.py"
    script.write_text(quick_start((ROOT / "README.md").read_text(encoding="utf-8")), encoding="utf-8")
    run(python_of(environment), "-I", script, cwd=tmp_path)


def test_a_readme_without_quick_start_is_refused() -> None:
    assert quick_start("# x\n\n## Quick start\n\ntext\n\n```python\nimport a\n```\n\n## Next\n") == "import a\n"
    with pytest.raises(AssertionError, match="no section"):
        quick_start("# x\n\n```python\nimport a\n```\n")
    with pytest.raises(AssertionError, match="no block"):
        quick_start("## Quick start\n\n## Next\n\n```python\nimport a\n```\n")
