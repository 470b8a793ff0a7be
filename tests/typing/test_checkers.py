"""Every form of annotation is the plain tensor type to mypy (without our plugin), pyright, ty and pyrefly.

The files in `cases` are only checked, each checker once over all of them. `# E` at the end of a line expects an error
there from every checker, `# E: pyright` from that one alone; nothing else may be reported.
"""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = HERE / "cases"
ROOT = HERE.parents[1]
SYNTAX = "3.12"  # the newest syntax among the cases; their libraries are those of the running Python

COMMANDS = {
    "mypy": (
        *("mypy", "--strict", "--warn-unreachable", "--python-version", SYNTAX, "--config-file", os.devnull),
        *("--cache-dir", str(ROOT / ".mypy_cache" / "without-plugin"), "."),
    ),
    "pyright": ("pyright", "--project", str(HERE / "pyrightconfig.json"), "--pythonpath", sys.executable),
    # `missing-override-decorator` is a matter of style that torch's own users do not follow.
    "ty": (
        *("ty", "check", "--error", "all", "--ignore", "missing-override-decorator", "--python", sys.prefix),
        *("--python-version", SYNTAX, "--output-format", "concise", "--no-progress", "."),
    ),
    "pyrefly": (
        *("pyrefly", "check", "--preset", "strict", "--ignore", "missing-override-decorator"),
        *("--python-interpreter-path", sys.executable, "--python-version", SYNTAX),
        *("--output-format", "min-text", "--summary", "none", "."),
    ),
}

Lines = set[tuple[str, int]]


def run_checker(checker: str) -> str:
    """What the checker prints about the cases."""
    result = subprocess.run(
        [sys.executable, "-m", *COMMANDS[checker]],
        cwd=CASES,
        env=os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    # All four exit with 1 when they report errors, and with something else when they could not check.
    assert result.returncode == 1, f"{checker} exited with {result.returncode}:\n{result.stdout}{result.stderr}"
    return result.stdout


def reported_lines(output: str) -> Lines:
    """File name and line of each error in a checker's output; notes and further lines of a message are no errors."""
    found = re.finditer(r"^(?!.*: note: )(?:\s*|ERROR |WARN )(\S+\.pyi?):(\d+)\b", output, re.MULTILINE)
    return {(Path(match[1]).name, int(match[2])) for match in found}


def expected_lines(checker: str) -> Lines:
    """File name and line of each error that the cases expect from a checker."""

    def marked() -> Iterator[tuple[str, int]]:
        for path in CASES.glob("*.py"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if match := re.search(r"# E(?:: ([a-z, ]+))?$", line):
                    only = match[1].split(", ") if match[1] else COMMANDS.keys()
                    assert set(only) <= COMMANDS.keys(), f"{path.name}:{number}: no such checker"
                    if checker in only:
                        yield path.name, number

    return set(marked())


def describe_difference(output: str, expected: Lines) -> str:
    """Expected errors that were not reported, and reported ones that were not expected; empty if there is none."""
    reported = reported_lines(output)
    missing = [f"{name}:{line}: no error, expected one" for name, line in sorted(expected - reported)]
    unexpected = [f"{name}:{line}: an error, expected none" for name, line in sorted(reported - expected)]
    return "\n".join(missing + unexpected)


@pytest.mark.parametrize("checker", COMMANDS)
def test_a_neural_type_is_the_plain_tensor_type(checker: str) -> None:
    output = run_checker(checker)
    difference = describe_difference(output, expected_lines(checker))
    assert not difference, f"{difference}\n\n{output}"


def test_a_missing_and_an_unexpected_error_are_both_reported() -> None:
    output = """
a.py:1: error: Incompatible return value type  [return-value]
a.py:1: note: See the documentation
  /somewhere/b.py:2:10 - error: Type is not assignable
    "int" is not assignable to "str" (reportAssignmentType)
c.py:3:4: error[invalid-assignment] Object is not assignable
ERROR d.py:5:6-7: Returned type is not assignable [bad-return]
e.py:6: note: Revealed type
"""
    reported: Lines = {("a.py", 1), ("b.py", 2), ("c.py", 3), ("d.py", 5)}
    assert reported_lines(output) == reported
    assert not describe_difference(output, reported)
    assert describe_difference(output, reported - {("a.py", 1)}) == "a.py:1: an error, expected none"
    assert describe_difference(output, reported | {("a.py", 9)}) == "a.py:9: no error, expected one"


def test_the_cases_expect_errors_from_every_checker() -> None:
    assert all(len(expected_lines(checker)) > 10 for checker in COMMANDS)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.py")), ids=lambda path: path.stem)
def test_the_annotations_are_accepted_at_run_time(path: Path) -> None:
    if path.stem == "pep695" and sys.version_info < (3, 12):
        pytest.skip("the syntax of Python 3.12")
    runpy.run_path(str(path))
