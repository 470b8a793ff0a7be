"""Files and folders of the file system as artifacts to write."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from neuraltypes.archive._names import problem_of
from neuraltypes.archive._writer import ArtifactSource, Pieces
from neuraltypes.archive.errors import ArtifactError

_PIECE = 1 << 20


def artifact_from_path(name: str, path: str | os.PathLike[str], *, owner: str | None = None) -> ArtifactSource:
    """The file or folder at `path` as the artifact `name`; links to files are followed, links to folders refused.

    Raises:
        ArtifactError: there is nothing, or something in it cannot be archived; the message names it.
    """
    source = Path(path)
    if "/" in name or (problem := problem_of(name)):
        problem = "may not hold '/'" if "/" in name else problem
        raise ArtifactError(f"artifact {name!r}: the name {problem}", artifact=name)
    if source.is_dir():
        return ArtifactSource("folder", dict(_walk(name, source, "")), owner)
    return ArtifactSource("file", {source.name: _file(name, source)}, owner)


def _walk(name: str, folder: Path, inside: str) -> Iterator[tuple[str, tuple[int, Callable[[], Pieces]]]]:
    for path in sorted(folder.iterdir()):
        place = f"{inside}{path.name}"
        if not path.is_dir():
            yield place, _file(name, path)
        elif path.is_symlink():
            raise ArtifactError(f"artifact {name!r}: {place!r} is a link to a folder", artifact=name, path=str(path))
        else:
            yield from _walk(name, path, f"{place}/")


def _file(name: str, path: Path) -> tuple[int, Callable[[], Pieces]]:
    try:
        status = path.stat()
    except OSError as error:
        raise ArtifactError(f"artifact {name!r}: {path} cannot be read: {error.strerror}", artifact=name) from None
    if not stat.S_ISREG(status.st_mode):
        raise ArtifactError(f"artifact {name!r}: {path} is neither a file nor a folder", artifact=name)
    return status.st_size, partial(pieces_of, path)


def pieces_of(path: Path, start: int = 0, size: int | None = None) -> Iterator[bytes]:
    """The bytes of a file from `start` on, `size` of them or all, a megabyte at a time."""
    with path.open("rb") as file:
        file.seek(start)
        left = size
        while piece := file.read(_PIECE if left is None else min(_PIECE, left)):
            left = None if left is None else left - len(piece)
            yield piece
