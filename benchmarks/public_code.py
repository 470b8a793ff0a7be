"""What the plugin says about public code that has never seen it, beside plain mypy.

Checks each package twice, without and with the plugin, and prints the errors that only the plugin gives. By default the
packages that this project's environment has; others as `folder:package`, a folder that holds the package's source.

    python benchmarks/public_code.py [PACKAGE | FOLDER:PACKAGE ...]
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from neuraltypes._dtypes import DTYPE_NAMES

DEFAULT = ("torchmetrics", "pytorch_lightning")
CONFIG = "[mypy]\ncheck_untyped_defs = true\nignore_missing_imports = true\n"
FAILURES = ("INTERNAL ERROR", "neuraltypes-failure", "neuraltypes failed")


def folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed; name it as folder:{package}")
    return Path(spec.origin).parents[1]


def run(folder: Path, package: str, work: Path, *, with_plugin: bool) -> list[str]:
    """The lines that mypy prints about a package."""
    name = "plugin" if with_plugin else "plain"
    (work / f"{name}.ini").write_text(CONFIG + ("plugins = neuraltypes_mypy\n" if with_plugin else ""))
    link = work / package
    if not link.exists():
        link.symlink_to(folder / package)
    command = [sys.executable, "-m", "mypy", "--config-file", f"{name}.ini", "--cache-dir", f".cache_{name}"]
    command += ["-p", package]
    done = subprocess.run(
        command, cwd=work, capture_output=True, text=True, check=False, env={**os.environ, "MYPYPATH": str(work)}
    )
    if done.returncode not in (0, 1) or any(failure in done.stdout + done.stderr for failure in FAILURES):
        raise SystemExit(f"mypy failed on {package}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout.splitlines()


def place(line: str) -> str:
    """Where an error stands and its code: the words name types, of which the plugin knows more."""
    code = re.search(r"\[[a-z-]+\]$", line)
    return f"{line.partition(': error:')[0]} {code[0] if code else ''}"


def count_annotations(folder: Path, package: str) -> int:
    """How many annotations of tensors with axes a package has."""
    count = 0
    for path in (folder / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript):
                name = getattr(node.value, "id", getattr(node.value, "attr", ""))
                count += name in DTYPE_NAMES and isinstance(node.slice, ast.Tuple)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", default=DEFAULT)
    print("| package | files | tensor annotations | errors, plain | only with the plugin | only without |")
    print("|---|---|---|---|---|---|")
    found: list[str] = []
    for given in parser.parse_args().packages:
        folder_name, _, package = given.rpartition(":")
        folder = Path(folder_name).resolve() if folder_name else folder_of(package)
        with tempfile.TemporaryDirectory() as name:
            plain, plugin = (run(folder, package, Path(name), with_plugin=flag) for flag in (False, True))
        errors = [{place(line): line for line in lines if ": error:" in line} for lines in (plain, plugin)]
        new = [line for key, line in sorted(errors[1].items()) if key not in errors[0]]
        gone = errors[0].keys() - errors[1].keys()
        files = re.findall(r"checked (\d+) source", plain[-1])[0]
        count = count_annotations(folder, package)
        print(f"| {package} | {files} | {count} | {len(errors[0])} | {len(new)} | {len(gone)} |", flush=True)
        found += new
    print("\nOnly with the plugin:" if found else "\nNothing is reported that plain mypy does not report.")
    print("\n".join(found))


if __name__ == "__main__":
    main()
