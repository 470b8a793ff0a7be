"""Time and memory of mypy with the plugin over plain mypy, in pairs, on model code.

Cold: no cache at all, so that mypy reads torch too. Warm: nothing changed. Edited: a line added to one file. The corpus
is this project's ports of known models, or with `--corpus annotated` its case files, in which nearly every line is
annotated or a call of what is; copied under several names, both sides check the same text. With `--growth` the time for
the files alone (torch is in the cache) with 1, 4 and 16 copies of the models.

    python benchmarks/check_time.py [--corpus models|annotated] [--cold N] [--warm N] [--growth]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PLUGIN_TESTS = Path(__file__).parent.parent / "tests" / "plugin"
CORPORA = {"models": (PLUGIN_TESTS / "models", 4), "annotated": (PLUGIN_TESTS / "cases" / "gradual", 3)}
"""Where the files are, and how often each is copied."""


@dataclass(frozen=True)
class Run:
    """One run of mypy: user and system time in seconds, the most memory in MiB."""

    seconds: float
    memory: float


def make_corpus(source: Path, copies: int, folder: Path) -> list[Path]:
    """The files of a folder, `copies` times, in another."""
    made = []
    for copy in range(copies):
        for path in sorted(source.glob("*.py")):
            target = folder / f"m{copy}_{path.name}"
            shutil.copy(path, target)
            made.append(target)
    return made


def check(folder: Path, *, with_plugin: bool) -> Run:
    config = folder / ("plugin.ini" if with_plugin else "plain.ini")
    config.write_text("[mypy]\n" + ("plugins = neuraltypes_mypy\n" if with_plugin else ""))
    cache = folder / f".cache_{config.stem}"
    command = [sys.executable, "-m", "mypy", "--config-file", config.name, "--cache-dir", str(cache)]
    command += [path.name for path in sorted(folder.glob("*.py"))]
    # Compiled modules are kept, as they are for users: mypy itself is compiled, the plugin should not be read anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"mypy stopped with {process.returncode}: {' '.join(command)}")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def pairs(folder: Path, count: int, *, prepare: str) -> Iterator[tuple[Run, Run]]:
    """Runs of plain mypy and of mypy with the plugin, in alternating order."""
    for number in range(count):
        for name in (".cache_plain", ".cache_plugin") if prepare == "cold" else ():
            shutil.rmtree(folder / name, ignore_errors=True)
        if prepare == "files":
            for path in folder.glob("*.py"):
                path.write_text(path.read_text() + f"\n_EDIT_{number} = {number}\n")
        if prepare == "edited":
            paths = sorted(folder.glob("*.py"))
            with paths[number * 7 % len(paths)].open("a") as file:
                file.write(f"\n_EDIT_{number} = {number}\n")
        order = (False, True) if number % 2 == 0 else (True, False)
        runs = {with_plugin: check(folder, with_plugin=with_plugin) for with_plugin in order}
        yield runs[False], runs[True]


def report(name: str, found: list[tuple[Run, Run]]) -> None:
    time = statistics.median(plugin.seconds / plain.seconds for plain, plugin in found)
    memory = statistics.median(plugin.memory / plain.memory for plain, plugin in found)
    plain = statistics.median(run.seconds for run, _ in found)
    plugin = statistics.median(run.seconds for _, run in found)
    print(f"| {name} | {plain:.2f} | {plugin:.2f} | {time:.3f} | {memory:.3f} | {len(found)} |")


def growth(source: Path, count: int) -> None:
    """Prints the time for the corpus alone, with the plugin, at several sizes."""
    print("| files | lines | plain mypy, s | with the plugin, s | with the plugin, ms a line |\n|---|---|---|---|---|")
    for copies in (1, 4, 16):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            corpus = make_corpus(source, copies, folder)
            lines = sum(len(path.read_text().splitlines()) for path in corpus)
            list(pairs(folder, 1, prepare="cold"))  # torch into the caches
            warm, whole = list(pairs(folder, count, prepare="warm")), list(pairs(folder, count, prepare="files"))
            seconds = [
                statistics.median(run[side].seconds for run in whole)
                - statistics.median(run[side].seconds for run in warm)
                for side in (0, 1)
            ]
            print(
                f"| {len(corpus)} | {lines} | {seconds[0]:.2f} | {seconds[1]:.2f} | {seconds[1] / lines * 1000:.3f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", choices=CORPORA, default="models")
    parser.add_argument("--cold", type=int, default=3, help="pairs without a cache (default 3)")
    parser.add_argument("--warm", type=int, default=9, help="pairs with a cache (default 9)")
    parser.add_argument("--growth", action="store_true", help="measure how the time grows with the corpus")
    options = parser.parse_args()
    source, copies = CORPORA[options.corpus]
    if options.growth:
        growth(source, options.cold)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = make_corpus(source, copies, folder)
        lines = sum(len(path.read_text().splitlines()) for path in corpus)
        print(f"{len(corpus)} files, {lines} lines\n")
        print(
            "| check | plain mypy, s | with the plugin, s | ratio | memory ratio | pairs |\n|---|---|---|---|---|---|"
        )
        list(pairs(folder, 1, prepare="cold"))  # the plugin is compiled, and the files of torch are in memory
        report("cold", list(pairs(folder, options.cold, prepare="cold")))
        report("warm, nothing changed", list(pairs(folder, options.warm, prepare="warm")))
        report("warm, one file changed", list(pairs(folder, options.warm, prepare="edited")))
        report("warm, every file changed", list(pairs(folder, options.cold, prepare="files")))


if __name__ == "__main__":
    main()
