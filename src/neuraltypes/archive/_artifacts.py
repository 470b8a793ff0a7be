"""Artifacts of models: files that they need, registered by name, saved with them, and found again when restored."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from neuraltypes.archive._names import problem_of
from neuraltypes.archive._reader import Artifact
from neuraltypes.archive._sources import artifact_from_path, pieces_of
from neuraltypes.archive._sums import sums_of
from neuraltypes.archive._writer import ArtifactSource
from neuraltypes.archive.errors import ArtifactError


class Registered:
    """An artifact of a model: a path that the user named, or an artifact of the archive that the model came from.

    Copies of the model share it. A pickled model has the path alone.
    """

    def __init__(self, given: str | None = None, archived: Artifact | None = None) -> None:
        self.given = given
        self.archived = archived
        self._path = None if given is None or archived is not None else Path(given).absolute()

    @property
    def path(self) -> Path:
        """Where the file or folder is; that of an archive is written to the cache first."""
        if self.archived is not None:
            return cached(self.archived)
        assert self._path is not None
        return self._path

    def source(self, name: str, owner: str) -> ArtifactSource:
        """What to write to an archive.

        Raises:
            ArtifactError: the file is gone, or cannot be archived.
        """
        if self.archived is None:
            return artifact_from_path(name, self.path, owner=owner)
        archive = self.archived.archive
        files = {
            inside: (archive.manifest.files[member].size, partial(archive.pieces, member))
            for inside, member in self.archived.files.items()
        }
        return ArtifactSource(self.archived.record.kind, files, owner)

    def __deepcopy__(self, memo: dict[int, Any]) -> Registered:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Registered, (str(self.path),)


class Restoring:
    """The artifacts of the archive that is restored, for the constructors that run meanwhile."""

    def __init__(self, artifacts: Mapping[str, Artifact]) -> None:
        self._artifacts = artifacts
        self._by_path: dict[str, Artifact] = {}

    def path_of(self, name: str) -> Path:
        """The path of an artifact that the config names.

        Raises:
            ArtifactError: there is none of that name, or it is damaged.
        """
        if name not in self._artifacts:
            raise ArtifactError(f"the config names the artifact {name!r}, which is not there", artifact=name)
        path = cached(self._artifacts[name])
        self._by_path[str(path)] = self._artifacts[name]
        return path

    def find(self, owner: str, name: str, path: str) -> Artifact | None:
        """The archived artifact for one that a constructor registers, or None where the archive has none.

        Raises:
            ArtifactError: several modules of one class have different ones, and the path does not tell them apart.
        """
        if path in self._by_path:
            return self._by_path[path]
        found = [a for full, a in self._artifacts.items() if local_name(full) == name and a.record.owner == owner]
        if len({artifact.digest for artifact in found}) > 1:
            names = [artifact.name for artifact in found]
            raise ArtifactError(
                f"{owner} registers {name!r}, and the archive has {', '.join(names)}: hand the path to the "
                "constructor, so that the config tells them apart",
                artifacts=names,
            )
        return found[0] if found else None


_restoring: ContextVar[Restoring | None] = ContextVar("restoring", default=None)


@contextmanager
def restoring(artifacts: Mapping[str, Artifact]) -> Iterator[Restoring]:
    """Let constructors in the block find these artifacts instead of the files that they name."""
    state = Restoring(artifacts)
    token = _restoring.set(state)
    try:
        yield state
    finally:
        _restoring.reset(token)


def is_restoring() -> bool:
    """Whether a model is being restored here."""
    return _restoring.get() is not None


def register(owner: str, name: str, path: str | os.PathLike[str]) -> Registered:
    """An artifact for a module of the class `owner`; while a model is restored, that of its archive.

    Raises:
        ArtifactError: the name cannot be one, there is no such file, or the archive has several to choose from.
    """
    if "." in name or "/" in name or problem_of(name):
        raise ArtifactError(
            f"artifact {name!r}: a name may hold ASCII letters, digits, '_' and '-' alone", artifact=name
        )
    given = os.fspath(path)
    state = _restoring.get()
    archived = None if state is None else state.find(owner, name, given)
    if archived is None and not os.path.lexists(given):
        raise ArtifactError(f"artifact {name!r}: there is no file or folder {given}", artifact=name, path=given)
    return Registered(given, archived)


def full_artifact_name(module: str, name: str) -> str:
    """The name in an archive of an artifact of the submodule at `module`; that of the model itself is at no place."""
    return f"{module}.{name}" if module else name


def local_name(full: str) -> str:
    """The name under which the module itself registered an artifact."""
    return full.rpartition(".")[2]


def cached(artifact: Artifact) -> Path:
    """The artifact as a file or folder of the file system, whose content is that of the archive at this moment.

    It lies in `$NEURALTYPES_CACHE`, or `~/.cache/neuraltypes`, under its digest, and is written anew where it differs.

    Raises:
        DigestError: the archive is damaged.
        OSError: it cannot be written.
    """
    folder = _cache_folder() / artifact.digest
    place = folder / (next(iter(artifact.files)) if artifact.record.kind == "file" else local_name(artifact.name))
    if _is_intact(folder, place, artifact):
        return place
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder.with_name(f"{folder.name}.{secrets.token_hex(8)}")
    try:
        _write(temporary / place.name, artifact)
        _swap(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return place


def _cache_folder() -> Path:
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "neuraltypes")
    return Path(os.environ.get("NEURALTYPES_CACHE") or default).absolute() / "artifacts"


def _is_intact(folder: Path, place: Path, artifact: Artifact) -> bool:
    if folder.is_symlink() or place.is_symlink() or not place.exists():
        return False
    if artifact.record.kind == "file":
        return place.is_file() and _has_digest(place, artifact, place.name)
    if not place.is_dir():
        return False
    found = {
        path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    return found.keys() == artifact.files.keys() and all(
        not path.is_symlink() and _has_digest(path, artifact, inside) for inside, path in found.items()
    )


def _has_digest(path: Path, artifact: Artifact, inside: str) -> bool:
    expected = artifact.archive.manifest.files[artifact.files[inside]]
    return path.stat().st_size == expected.size and sums_of(pieces_of(path)).sha256 == expected.sha256


def _write(place: Path, artifact: Artifact) -> None:
    if artifact.record.kind == "folder":
        place.mkdir(parents=True)
    for inside, member in artifact.files.items():
        target = place / inside if artifact.record.kind == "folder" else place
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as file:
            for piece in artifact.archive.pieces(member):
                file.write(piece)


def _swap(temporary: Path, folder: Path) -> None:
    """Put a finished folder in its place; of two processes that do so, either's is right."""
    with suppress(OSError):
        temporary.rename(folder)
        return
    aside = folder.with_name(f"{folder.name}.{secrets.token_hex(8)}")
    with suppress(FileNotFoundError):
        folder.rename(aside)
    if aside.is_symlink() or aside.is_file():
        aside.unlink()
    else:
        shutil.rmtree(aside, ignore_errors=True)
    temporary.rename(folder)
