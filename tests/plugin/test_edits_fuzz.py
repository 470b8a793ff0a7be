"""Random edits of a project, one upon the other: what is said with the caches is what is said without.

`NEURALTYPES_EDITS=200` for more of them than the suite makes, `NEURALTYPES_SEED=7` for others.
"""

import ast
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from tests.plugin._edits import PROJECT
from tests.plugin._projects import Mypy, copy_of, daemon, write_later

EDITS: Final = int(os.environ.get("NEURALTYPES_EDITS", "8"))
SEED: Final = int(os.environ.get("NEURALTYPES_SEED", "0"))


@dataclass(frozen=True, slots=True)
class Project:
    """A project that is edited: its sources, and how mypy is run over it."""

    folder: Path
    options: tuple[str, ...] = ()
    stubs: str = ""
    namespaces: tuple[str, ...] = ()

    def originals(self) -> dict[str, str]:
        """The sources, by their place."""
        paths = [path for kind in ("*.py", "*.pyi") for path in self.folder.rglob(kind)]
        return {str(path.relative_to(self.folder)): path.read_text(encoding="utf-8") for path in sorted(paths)}

    def with_stubs(self, mypy: Mypy) -> Mypy:
        """mypy that sees the stub files of the project."""
        return replace(mypy, environment={"MYPYPATH": self.stubs}) if self.stubs else mypy


# The second has a package without `__init__`, stub files, shape stubs and a computed rule.
PROJECTS: Final = [
    pytest.param(Project(PROJECT), id="cases"),
    pytest.param(
        Project(
            PROJECT.parents[1] / "training" / "cases",
            ("--exclude", "^(shapes|typings)/"),
            "typings",
            ("blocks", "blocks/deep"),
        ),
        id="training",
    ),
]
ASKS_THE_PLUGIN: Final = ("shapes/", "sigkit_rules.py")  # `dmypy check` does not

projects = pytest.mark.parametrize("of", PROJECTS)

_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?![\w.])")
_DTYPE: Final = re.compile(r"\b(?:Float|Int|BFloat16|Bool|Num)\b")
_ATTRIBUTE: Final = re.compile(r"\bself\.(\w+)")
_ANNOTATION: Final = re.compile(r'[\w.]+\[Tensor, "[^"]*"\]')
_AXES: Final = re.compile(r'(?<=\[Tensor, )"[^"]*"')

Change: TypeAlias = Callable[[str, random.Random], str]


def _replaced(pattern: re.Pattern[str], source: str, draw: random.Random, new: Callable[[str], str]) -> str:
    """One of the places that a pattern finds, replaced."""
    places = list(pattern.finditer(source))
    if not places:
        return source
    place = draw.choice(places)
    return source[: place.start()] + new(place[0]) + source[place.end() :]


def change_number(source: str, draw: random.Random) -> str:
    return _replaced(_NUMBER, source, draw, lambda old: str(int(old) + draw.choice((1, 2))))


def change_dtype(source: str, draw: random.Random) -> str:
    return _replaced(_DTYPE, source, draw, lambda _: draw.choice(("Float", "Int", "Bool")))


def change_axes(source: str, draw: random.Random) -> str:
    return _replaced(_AXES, source, draw, lambda _: draw.choice(_AXES.findall(source)))


def drop_annotation(source: str, draw: random.Random) -> str:
    return _replaced(_ANNOTATION, source, draw, lambda _: "Tensor")


def rename_attribute(source: str, draw: random.Random) -> str:
    names = sorted(set(_ATTRIBUTE.findall(source)))
    return re.sub(rf"\b{draw.choice(names)}\b", lambda old: f"{old[0]}_", source) if names else source


def drop_line(source: str, draw: random.Random) -> str:
    lines = source.splitlines(keepends=True)
    lines.pop(draw.randrange(len(lines)))
    return "".join(lines)


def repeat_line(source: str, draw: random.Random) -> str:
    lines = source.splitlines(keepends=True)
    place = draw.randrange(len(lines))
    return "".join([*lines[:place], lines[place], *lines[place:]])


CHANGES: Final[tuple[Change, ...]] = (
    change_number,
    change_number,
    change_dtype,
    change_axes,
    drop_annotation,
    rename_attribute,
    drop_line,
    repeat_line,
)


def edits(folder: Path, originals: dict[str, str], draw: random.Random) -> Iterator[str]:
    """Edits one file after the other, and says what was done: a change, a file deleted, one as it was at first."""
    while True:
        name = draw.choice(sorted(originals))
        path = folder / name
        if not path.exists() or draw.random() < 0.25:
            write_later(path, originals[name])
            yield f"restore {name}"
        elif draw.random() < 0.1 and not name.startswith(ASKS_THE_PLUGIN):
            path.unlink()
            yield f"delete {name}"
        else:
            change, before = draw.choice(CHANGES), path.read_text(encoding="utf-8")
            after = change(before, draw)
            if after != before and _is_python(after):
                write_later(path, after)
                yield f"{change.__name__} in {name}"


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@projects
@pytest.mark.parametrize("options", [(), ("--no-sqlite-cache",)], ids=["sqlite", "files"])
def test_a_warm_check_says_what_a_cold_one_says(
    options: tuple[str, ...], of: Project, mypy: Mypy, base: Path, tmp_path: Path
) -> None:
    project, warm, mypy = copy_of(of.folder, tmp_path / "project"), tmp_path / "warm", of.with_stubs(mypy)
    mypy.check(project, warm, *of.options, *options)
    done: list[str] = []
    reports = set()
    for number, edit in _numbered(edits(project, of.originals(), random.Random(f"{SEED} {options}"))):
        done.append(edit)
        cold = copy_of(base, tmp_path / f"cold{number}")
        with ThreadPoolExecutor() as pool:
            caches = [(warm, *of.options, *options), (cold, *of.options)]
            said, expected = pool.map(lambda arguments: mypy.check(project, *arguments), caches)
        shutil.rmtree(cold)
        reports.add(expected)
        _assert_same(said, expected, done)
    assert len(reports) > 1, "no edit changes anything"


@projects
def test_the_daemon_says_what_a_cold_check_says(of: Project, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    project, mypy = copy_of(of.folder, tmp_path / "project"), of.with_stubs(mypy)
    for folder in of.namespaces:  # mypy's daemon crashes over them (a KeyError), with the plugin or without
        (project / folder / "__init__.py").touch()
    done: list[str] = []
    with daemon(mypy, project, copy_of(base, tmp_path / "warm"), *of.options) as running:
        running.run()
        for number, edit in _numbered(edits(project, of.originals(), random.Random(SEED))):
            done.append(edit)
            said = running.run() if edit.split()[-1].startswith(ASKS_THE_PLUGIN) else running.check()
            cold = copy_of(base, tmp_path / f"cold{number}")
            _assert_same(said, mypy.check(project, cold, *of.options), done)
            shutil.rmtree(cold)


def _numbered(edits_: Iterator[str]) -> Iterator[tuple[int, str]]:
    return zip(range(EDITS // 2), edits_, strict=False)


def _assert_same(said: str, expected: str, done: list[str]) -> None:
    once = "running_mypy.html#missing-imports"  # mypy adds this note to the first module that lacks another
    found, wanted = (sorted(line for line in text.splitlines() if once not in line) for text in (said, expected))
    assert found == wanted, f"after {done}"
