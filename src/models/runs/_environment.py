"""What a run runs on: versions, the machine, and the state of the source in git."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Timer
from typing import Any

import torch

_PACKAGES = ("neuraltypes", "pytorch-lightning", "torch", "numpy", "omegaconf", "jaxtyping", "beartype")
_SECONDS = 10.0
_LARGEST_PATCH = 1 << 20  # bytes
_MOST_FILES = 100
# Of what the repository's own settings say, nothing is run.
_GIT = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false")


def versions() -> dict[str, str | None]:
    """Of Python and of the packages that decide what a run computes; None for one that is not installed."""
    return {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES}


def machine() -> dict[str, Any]:
    """What the process computes on, and how it was told to."""
    cuda = torch.cuda.is_available()
    return {
        "platform": platform.platform(),
        "host": platform.node(),
        "cpus": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version() if cuda else None,  # type: ignore[no-untyped-call]
        "devices": [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())] if cuda else [],
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
    }


def git_state(folders: Iterable[Path | None]) -> tuple[dict[str, Any], bytes]:
    """The repositories that hold the folders, and their changes as one patch of bounded size. Nothing is raised.

    Of the address that a repository was cloned from nothing is kept, for it may have a password in it.
    """
    repositories: list[dict[str, Any]] = []
    patches = b""
    try:
        for folder in dict.fromkeys(folder for folder in folders if folder is not None):
            root = _asked(folder, "rev-parse", "--show-toplevel").decode().strip()
            if root and root not in [one["root"] for one in repositories] and not _is_ignored(folder):
                found, patch = _repository(Path(root))
                repositories.append(found)
                patches += patch
    except (OSError, subprocess.SubprocessError, UnicodeError) as error:
        return {"repositories": repositories, "problem": f"{type(error).__name__}: {error}"}, patches
    return {"repositories": repositories, "problem": None if repositories else "in no git repository"}, patches


def _repository(root: Path) -> tuple[dict[str, Any], bytes]:
    commit = _asked(root, "rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
    status = _asked(root, "status", "--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames")
    lines = status.decode(errors="replace").split("\0")
    untracked = [line[3:] for line in lines if line.startswith("?? ")]
    patch, is_complete = _patch(root) if commit else (b"", True)
    found = {
        "root": str(root),
        "commit": commit or None,
        "branch": _asked(root, "symbolic-ref", "--quiet", "--short", "HEAD").decode().strip() or None,
        "dirty": any(lines),
        "patch_bytes": len(patch),
        "patch_complete": is_complete,
        "untracked": untracked[:_MOST_FILES],
        "untracked_files": len(untracked),
    }
    return found, patch


def _patch(root: Path) -> tuple[bytes, bool]:
    """The start of the changes, and whether that is all. No more than that is read, however large they are."""
    options = ("--no-ext-diff", "--no-textconv", "--no-color", "--binary")
    command = [*_GIT, "-C", str(root), "diff", *options, "HEAD"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603  # git
        assert process.stdout is not None
        timer = Timer(_SECONDS, process.kill)
        timer.start()
        try:
            found = process.stdout.read(_LARGEST_PATCH + 1)
            is_short = len(found) <= _LARGEST_PATCH
            is_complete = is_short and process.wait() == 0
        finally:
            timer.cancel()
            process.kill()
    return found[:_LARGEST_PATCH], is_complete


def _is_ignored(folder: Path) -> bool:
    """Whether the repository does not want to know of a folder, as of an environment with installed packages."""
    return _run("check-ignore", "--quiet", ".", folder=folder).returncode == 0


def _asked(folder: Path, *arguments: str) -> bytes:
    """What git prints; nothing where it fails."""
    done = _run(*arguments, folder=folder)
    return done.stdout if done.returncode == 0 else b""


def _run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [*_GIT, "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # git, and paths


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
