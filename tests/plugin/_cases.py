"""Checks a folder of case files in one mypy process and compares what is reported with comments in the files.

    f(x)  # E: axis "t" is 8  [shape-mismatch]

expects an error on this line whose message contains the text, under that code; the text may be left out. `# N: text`
expects a note, `# R: text` what `reveal_type` reveals (names stand there without their modules). Several may follow
each other on one line. Notes that no comment names are ignored, unless the file says `# notes: all`.
`# TODO(defect): ...` exempts a line until a defect is fixed.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CASES: Final = Path(__file__).parent / "cases"
CONFIG: Final = """
[mypy]
strict = true
# torch itself leaves much without annotations.
warn_return_any = false
disallow_untyped_calls = false
# Many cases are about calls of functions that need no body.
disable_error_code = empty-body
plugins = neuraltypes_mypy
python_version = 3.12
explicit_package_bases = true
show_traceback = true
"""
DEFECT: Final = "# TODO(defect)"
_FAILURES: Final = ("neuraltypes-failure", "INTERNAL ERROR", "Traceback")
_MODULES: Final = re.compile(r"\b(?:builtins|collections|neuraltypes\w*|torch|typing)\.(?:[a-z_]\w*\.)*")
_EXPECTED: Final = re.compile(r"(?P<text>.*?)\s*(?:\[(?P<code>[a-z-]+)\])?")


@dataclass(frozen=True, order=True, slots=True)
class Message:
    """What stands on a line: an error (`E`), a note (`N`) or a revealed type (`R`), with its code where it has one."""

    line: int
    letter: str
    text: str
    code: str | None = None

    def is_met_by(self, reported: Message) -> bool:
        """Whether a reported message is the expected one."""
        return (
            (self.line, self.letter) == (reported.line, reported.letter)
            and self.text in reported.text
            and (self.code is None or self.code == reported.code)
        )

    def __str__(self) -> str:
        code = f"  [{self.code}]" if self.code else ""
        return f"{self.line}: # {self.letter}: {self.text}{code}"


@dataclass(frozen=True, slots=True)
class Expectations:
    """What the comments of a case file say."""

    messages: tuple[Message, ...]
    exempt: frozenset[int]
    names_all_notes: bool


def run_mypy(folder: Path, cache: Path) -> dict[Path, list[Message]]:
    """What mypy reports about each file of a folder. A file that is in the folder and has no report is not in it."""
    config = cache.parent / "mypy.ini"
    config.write_text(CONFIG, encoding="utf-8")
    result = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--config-file", str(config), "--cache-dir", str(cache)),
            *("--output", "json", "--no-error-summary", "."),
        ],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "MYPYPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    output = result.stdout + result.stderr
    assert result.returncode in (0, 1), f"mypy exited with {result.returncode}:\n{output}"
    failed = [line for line in output.splitlines() if any(failure in line for failure in _FAILURES)]
    assert not failed, "the plugin failed:\n" + "\n".join(failed)
    assert not result.stderr, f"mypy printed:\n{result.stderr}"
    return read_reports(result.stdout, folder)


def read_reports(output: str, folder: Path) -> dict[Path, list[Message]]:
    """What stands in mypy's output, as JSON, about each file."""
    found: dict[Path, list[Message]] = {}
    for line in output.splitlines():
        report = json.loads(line)
        found.setdefault(folder / report["file"], []).extend(_messages(report))
    return found


def _messages(report: dict[str, str | int | None]) -> Iterator[Message]:
    """The messages of a line of mypy's output, where the notes of an error are called hints."""
    line, text, hint, code = (report[key] for key in ("line", "message", "hint", "code"))
    assert isinstance(line, int)
    revealed = re.fullmatch(r'Revealed type is "(.*)"', str(text), re.DOTALL)
    if revealed:
        yield Message(line, "R", _MODULES.sub("", revealed[1]))
    else:
        letter = "E" if report["severity"] == "error" else "N"
        yield Message(line, letter, str(text), str(code) if code else None)
    if hint:
        for note in str(hint).splitlines():
            yield Message(line, "N", note)


def read_expectations(source: str) -> Expectations:
    """What the comments of a file expect."""
    comments = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    exempt = frozenset(line for line, comment in comments if comment.startswith(DEFECT))
    messages = [message for line, comment in comments for message in _expected(line, comment)]
    names_all_notes = any(comment == "# notes: all" for _, comment in comments)
    return Expectations(tuple(messages), exempt, names_all_notes)


def _expected(line: int, comment: str) -> Iterator[Message]:
    if not re.match(r"# [ENR]: ", comment):
        return
    for part in re.split(r"\s*# (?=[ENR]: )", comment)[1:]:
        match = _EXPECTED.fullmatch(part[3:])
        assert match is not None
        # What is revealed often ends in brackets of its own.
        letter, text, code = part[0], match["text"], match["code"]
        yield Message(line, letter, part[3:]) if letter == "R" else Message(line, letter, text, code)


def describe_difference(source: str, reported: list[Message]) -> str:
    """The messages that are missing and those that nobody expected; empty if there are none."""
    expected = read_expectations(source)
    missing: list[Message] = []
    rest = sorted(reported)
    for message in expected.messages:
        met = next((one for one in rest if message.is_met_by(one)), None)
        if met is None:
            missing.append(message)
        else:
            rest.remove(met)
    unexpected = [one for one in rest if one.letter == "E" or expected.names_all_notes]
    lines = sorted(
        [(message, "missing   ") for message in missing] + [(message, "unexpected") for message in unexpected]
    )
    return "\n".join(f"{word} {message}" for message, word in lines if message.line not in expected.exempt)
