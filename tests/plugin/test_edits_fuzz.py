"""Random edits of a project, one upon the other: what is said with the caches is what is said without.

`NEURALTYPES_EDITS=200` for more of them than the suite makes, `NEURALTYPES_SEED=7` for others.
"""

import ast
import os
import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from tests.plugin._edits import PROJECT
from tests.plugin._projects import Mypy, copy_of, daemon, write_later

EDITS: Final = int(os.environ.get("NEURALTYPES_EDITS", "8"))
SEED: Final = int(os.environ.get("NEURALTYPES_SEED", "0"))
ORIGINALS: Final = {path.name: path.read_text(encoding="utf-8") for path in sorted(PROJECT.glob("*.py"))}

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


def edits(folder: Path, draw: random.Random) -> Iterator[str]:
    """Edits one file after the other, and says what was done: a change, a file deleted, one as it was at first."""
    while True:
        path = folder / draw.choice(sorted(ORIGINALS))
        if not path.exists() or draw.random() < 0.25:
            write_later(path, ORIGINALS[path.name])
            yield f"restore {path.name}"
        elif draw.random() < 0.1:
            path.unlink()
            yield f"delete {path.name}"
        else:
            change, before = draw.choice(CHANGES), path.read_text(encoding="utf-8")
            after = change(before, draw)
            if after != before and _is_python(after):
                write_later(path, after)
                yield f"{change.__name__} in {path.name}"


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("options", [(), ("--no-sqlite-cache",)], ids=["sqlite", "files"])
def test_a_warm_check_says_what_a_cold_one_says(
    options: tuple[str, ...], mypy: Mypy, base: Path, tmp_path: Path
) -> None:
    project, warm = copy_of(PROJECT, tmp_path / "project"), tmp_path / "warm"
    mypy.check(project, warm, *options)
    done: list[str] = []
    reports = set()
    for number, edit in zip(range(EDITS // 2), edits(project, random.Random(f"{SEED} {options}")), strict=False):
        done.append(edit)
        cold = copy_of(base, tmp_path / f"cold{number}")
        with ThreadPoolExecutor() as pool:
            both = [pool.submit(mypy.check, project, warm, *options), pool.submit(mypy.check, project, cold)]
            said, expected = (one.result() for one in both)
        reports.add(expected)
        _assert_same(said, expected, done)
    assert len(reports) > 1, "no edit changes anything"


def test_the_daemon_says_what_a_cold_check_says(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    project = copy_of(PROJECT, tmp_path / "project")
    done: list[str] = []
    with daemon(mypy, project, copy_of(base, tmp_path / "warm")) as running:
        running.run()
        for number, edit in zip(range(EDITS // 2), edits(project, random.Random(SEED)), strict=False):
            done.append(edit)
            _assert_same(running.check(), mypy.check(project, copy_of(base, tmp_path / f"cold{number}")), done)


def _assert_same(said: str, expected: str, done: list[str]) -> None:
    once = "running_mypy.html#missing-imports"  # mypy adds this note to the first module that lacks another
    found, wanted = (sorted(line for line in text.splitlines() if once not in line) for text in (said, expected))
    assert found == wanted, f"after {done}"
