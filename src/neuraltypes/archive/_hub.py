"""Archives in repositories of a model hub: pushed as they are, and verified whole before a pulled one is used."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, TypedDict

import neuraltypes
from neuraltypes.archive._reader import Archive
from neuraltypes.archive.errors import ArchiveError

FILENAME = "model.nt"


class Pushed(NamedTuple):
    """The digest of the archive that was pushed, and the revision of the repository that has it."""

    digest: str
    revision: str


class PushOptions(TypedDict, total=False):
    """The options of `push`."""

    filename: str
    revision: str | None
    private: bool | None
    commit_message: str | None
    token: str | None
    endpoint: str | None


class Pulled(NamedTuple):
    """A verified archive in the hub's cache, and its digest."""

    path: Path
    digest: str


def push(
    path: str | os.PathLike[str],
    repo_id: str,
    *,
    filename: str = FILENAME,
    revision: str | None = None,
    private: bool | None = None,
    commit_message: str | None = None,
    token: str | None = None,
    endpoint: str | None = None,
) -> Pushed:
    """Upload an archive to a repository, which is made where there is none.

    Args:
        path: the archive; it is verified first.
        repo_id: the repository, `"owner/name"`.
        filename: the file's name there.
        revision: the branch, by default the main one.
        private: whether a new repository is private; by default as the owner's settings say.
        commit_message: by default one with the archive's digest.
        token: by default the one that is stored on this machine.
        endpoint: the hub's address, by default that of huggingface_hub.

    Raises:
        ArchiveError: the archive is damaged, or huggingface_hub is not installed.
        OSError: the hub cannot be reached, or refuses.
    """
    hub = _hub()
    with Archive.open(path) as archive:
        archive.verify()
        digest = archive.digest
    api = hub.HfApi(endpoint, token, library_name="neuraltypes", library_version=neuraltypes.__version__)
    try:
        api.create_repo(repo_id, private=private, exist_ok=True)
        done = api.upload_file(
            path_or_fileobj=Path(path),
            path_in_repo=filename,
            repo_id=repo_id,
            revision=revision,
            commit_message=commit_message or f"Upload {filename} ({digest})",
        )
    except RuntimeError as error:  # what huggingface_hub makes of a failed upload
        raise OSError(f"{repo_id}: {error}") from error
    return Pushed(digest, done.oid)


def pull(
    repo_id: str,
    *,
    filename: str = FILENAME,
    revision: str | None = None,
    expected_digest: str | None = None,
    force_download: bool = False,
    token: str | None = None,
    endpoint: str | None = None,
) -> Pulled:
    """Download an archive of a repository to the hub's cache, unless it is there, and verify all of it.

    Args:
        repo_id: the repository, `"owner/name"`.
        filename: the file's name there.
        revision: a branch, a tag or a commit.
        expected_digest: the digest that the archive must have; only this, from a source that you trust, says whose it
            is.
        force_download: whether it is downloaded anew, as when what is in the cache is damaged.
        token: by default the one that is stored on this machine.
        endpoint: the hub's address, by default that of huggingface_hub.

    Raises:
        ArchiveError: it is another archive than expected, damaged or none, or huggingface_hub is not installed.
        OSError: the hub cannot be reached, or has no such file.
    """
    path = _hub().hf_hub_download(
        repo_id,
        filename,
        revision=revision,
        force_download=force_download,
        token=token,
        endpoint=endpoint,
        library_name="neuraltypes",
        library_version=neuraltypes.__version__,
    )
    with Archive.open(path, expected_digest=expected_digest) as archive:
        archive.verify()
        return Pulled(Path(path), archive.digest)


def _hub() -> ModuleType:
    try:
        import huggingface_hub
    except ImportError:
        raise ArchiveError('a model hub needs huggingface_hub: pip install "neuraltypes[hub]"') from None
    return huggingface_hub
