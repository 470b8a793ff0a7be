"""What the plugin says about public code that has never seen it, beside plain mypy, and how much of it is understood.

Checks each package twice, without and with the plugin, and prints the errors that only the plugin gives. By default the
packages that this project's environment has; others as `folder:package`, a folder that holds the package's source.
torch's own code is silent under its own name, for the plugin leaves torch alone; as a package of another name
(`.../site-packages/torch:nn`) its bodies are checked as those of any user of torch are.

What is understood is counted over the values of tensors: each expression of a checked body that mypy takes for a
`Tensor` (or for one or None), be it the name of a variable, an attribute, an item, a call or an operation. An
expression is counted once for each place where it stands in the code, with all of its parts (`f(x) + y` has four:
`f(x)`, `x`, `y`, the sum). What is assigned to is not counted, nor what mypy takes for unreachable. Of these

- "axes": the number of axes is known, named groups (`*batch`) being one each;
- "sizes": so is each size, as a number, a name or an expression;
- "dtype": a dtype or a family of them (`Float`);
- "element": what the numbers mean, by an annotation or by the operation that made them.

The second line of a package counts the functions alone whose signature names axes, and what is inside of them.
An expression that is `Any` may be a tensor or not and is in no share; "Any" is how many there are for each tensor.

With `--alone`, only the named files of one package are checked, and all else of the package is left out as if it were
not installed. That is quick where a package is large, and says nothing of what crosses its modules: a class whose base
is left out has any attribute, and what is imported from there is `Any`.

    python benchmarks/public_code.py [--cache FOLDER] [PACKAGE | FOLDER:PACKAGE ...]
    python benchmarks/public_code.py [--cache FOLDER] FOLDER:PACKAGE --alone models/bert/modeling_bert.py ...
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from neuraltypes._dtypes import DTYPE_NAMES

DEFAULT = ("torchmetrics", "pytorch_lightning")
CONFIG = "[mypy]\ncheck_untyped_defs = true\nignore_missing_imports = true\n"
PLUGIN = "neuraltypes_mypy"
PARTS = ("axes", "sizes", "dtype", "element")
FAILURES = ("INTERNAL ERROR", "neuraltypes-failure", "neuraltypes failed")


class Run(TypedDict):
    """What one run of mypy says: its messages, how many files it checked, counts of what is known."""

    errors: list[str]
    files: int
    values: dict[str, dict[str, int]]


def folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed; name it as folder:{package}")
    return Path(spec.origin).parents[1]


def lay_out(source: Path, place: Path, alone: Sequence[str]) -> None:
    """Link a package, or those of its files that are to stand alone, to where mypy finds it."""
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
    for file in alone:
        if not (source / file).is_file():
            raise SystemExit(f"{source} has no file {file}")
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).symlink_to(source / file)
    if not alone:
        place.symlink_to(source)


def run(package: str, work: Path, *, with_plugin: bool) -> Run:
    """What one run of mypy says about a package that is laid out in a folder."""
    name = "plugin" if with_plugin else "plain"
    (work / f"{name}.ini").write_text(CONFIG + (f"plugins = {PLUGIN}\n" if with_plugin else ""))
    script = Path(__file__).with_name("_understood.py")
    done = subprocess.run(
        [sys.executable, str(script), f"{name}.ini", f".cache_{name}", package],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MYPYPATH": str(work)},
    )
    if done.returncode != 0:
        raise SystemExit(f"mypy failed on {package}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    found: Run = json.loads(done.stdout)
    failed = [line for line in found["errors"] if any(failure in line for failure in FAILURES)]
    if failed:
        raise SystemExit(f"the plugin failed on {package}:\n" + "\n".join(failed[:20]))
    return found


def place(line: str) -> str:
    """Where an error stands and its code: the words name types, of which the plugin knows more."""
    code = re.search(r"\[[a-z-]+\]$", line)
    return f"{line.partition(': error:')[0]} {code[0] if code else ''}"


def count_annotations(place: Path) -> int:
    """How many annotations of tensors with axes a package has, as it is laid out."""
    count = 0
    for path in place.rglob("*.py"):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError:
            continue  # of a newer Python, or broken
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript):
                name = getattr(node.value, "id", getattr(node.value, "attr", ""))
                count += name in DTYPE_NAMES and isinstance(node.slice, ast.Tuple)
    return count


def shares(counts: dict[str, int]) -> str:
    """The cells of one line of the second table."""
    tensors = counts.get("tensors", 0)
    if tensors == 0:
        return f"0 |{' - |' * (len(PARTS) + 1)}"
    parts = (f"{100 * counts.get(part, 0) / tensors:.0f} %" for part in PARTS)
    return f"{tensors} | {' | '.join(parts)} | {counts.get('any', 0) / tensors:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", default=DEFAULT)
    parser.add_argument("--alone", nargs="+", default=[], metavar="FILE", help="only these files of the one package")
    parser.add_argument("--cache", type=Path, help="a folder to keep mypy's caches in, one for each package")
    arguments = parser.parse_args()
    if arguments.alone and len(arguments.packages) != 1:
        parser.error("--alone is about the files of one package")
    print("| package | files | tensor annotations | errors, plain | only with the plugin | only without |")
    print("|---|---|---|---|---|---|")
    found: list[str] = []
    understood: list[str] = []
    for given in arguments.packages:
        folder_name, _, package = given.rpartition(":")
        folder = Path(folder_name).resolve() if folder_name else folder_of(package)
        with work_folder(arguments.cache, package) as work:
            lay_out(folder / package, work / package, arguments.alone)
            plain, plugin = (run(package, work, with_plugin=flag) for flag in (False, True))
            count = count_annotations(work / package)
        errors = [{place(line): line for line in one["errors"] if ": error:" in line} for one in (plain, plugin)]
        new = [line for key, line in sorted(errors[1].items()) if key not in errors[0]]
        gone = [line for key, line in sorted(errors[0].items()) if key not in errors[1]]
        print(f"| {package} | {plain['files']} | {count} | {len(errors[0])} | {len(new)} | {len(gone)} |", flush=True)
        found += [f"+ {line}" for line in new] + [f"- {line}" for line in gone]
        understood += [f"| {package}, {which} | {shares(counts)}" for which, counts in plugin["values"].items()]
    print(f"\n| values | tensors | {' | '.join(PARTS)} | Any |\n|---|---|{'---|' * (len(PARTS) + 1)}")
    print("\n".join(understood))
    print("\nOnly with the plugin (+), only without (-):" if found else "\nThe plugin reports what plain mypy reports.")
    print("\n".join(found))


@contextmanager
def work_folder(cache: Path | None, package: str) -> Iterator[Path]:
    """Where mypy runs: a folder of the package's own in `cache`, or one that is gone afterwards."""
    if cache is None:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
    else:
        work = (cache / package).resolve()
        work.mkdir(parents=True, exist_ok=True)
        yield work


if __name__ == "__main__":
    main()
