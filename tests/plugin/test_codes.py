"""The guide lists every error code of the plugin, with a line that gives it."""

import re
from pathlib import Path

from mypy.errorcodes import ErrorCode

from neuraltypes_mypy.base import _codes
from tests.plugin._projects import Mypy, copy_of, write_project

GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
CODES = {code.code for code in vars(_codes).values() if isinstance(code, ErrorCode)}
# What the example cannot show: two are notes, one needs a config.
ELSEWHERE = {"untracked", "neuraltypes-failure", "config-key"}


def test_the_guide_lists_every_code() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", GUIDE, re.MULTILINE)) & CODES == CODES


def test_the_example_gives_each_code_where_it_says(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    (source,) = re.findall(r"<!-- codes -->\n```python\n(.*?)```", GUIDE, re.DOTALL)
    project = write_project(tmp_path / "project", {"example.py": source})
    said = mypy.check(project, copy_of(base, tmp_path / "cache"))
    expected = {
        (number, match[1])
        for number, line in enumerate(source.splitlines(), 1)
        if (match := re.search(r"  # ([a-z-]+)$", line))
    }
    given = re.findall(r"^example.py:(\d+): error: .*\[([a-z-]+)\]$", said, re.MULTILINE)
    assert {(int(line), code) for line, code in given} == expected
    assert {code for _, code in expected} >= CODES - ELSEWHERE
