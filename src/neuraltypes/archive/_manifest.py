"""The manifest, the last member: what is in the archive, with digests. Its own digest names the whole archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from neuraltypes.archive import _json
from neuraltypes.archive._names import problem_of, shown
from neuraltypes.archive.errors import ContentError, VersionError

FORMAT = "neuraltypes-archive"
VERSION = 1

WEIGHTS, CONFIG, INTERFACE, MANIFEST = "weights.safetensors", "config.json", "interface.json", "manifest.json"
ARTIFACTS = "artifacts/"

LIMITS = _json.Limits(_json.TABLE_LIMITS.size, _json.TABLE_LIMITS.values, _json.CONFIG_LIMITS.depth)

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_HEX, _DIGEST_LENGTH = re.compile(r"[0-9a-f]*\Z"), 64
_KINDS = ("file", "folder")
T = TypeVar("T")


class FileRecord(NamedTuple):
    """Size in bytes and SHA-256, in hexadecimal, of a member."""

    size: int
    sha256: str


class ArtifactRecord(NamedTuple):
    """Whether an artifact is a `"file"` or a `"folder"`, and the full name of the class that registered it, if any."""

    kind: str
    owner: str | None


class Manifest(NamedTuple):
    """What the manifest says.

    `head` is the SHA-256 of the weights' table, `tensors` that of each tensor in the order of their bytes; `aliases`
    are further names of those tensors. `files` are the members between weights and manifest, in order.
    """

    class_name: str | None
    class_version: int
    provenance: Mapping[str, str]
    metadata: Mapping[str, Any]
    head: str
    tensors: Mapping[str, str]
    aliases: Mapping[str, str]
    files: Mapping[str, FileRecord]
    artifacts: Mapping[str, ArtifactRecord]


def encode(manifest: Manifest) -> bytes:
    """The manifest as JSON.

    Raises:
        ContentError, LimitError: provenance or metadata are no JSON data, or it is too large to be read.
    """
    return _json.encode(_to_json(manifest), "manifest", LIMITS)


def decode(text: bytes) -> Manifest:
    """The manifest that `encode` wrote.

    Raises:
        VersionError: it is of another format version.
        ContentError, LimitError, NotCanonicalError: it is malformed.
    """
    data = _json.decode(text, "manifest", LIMITS)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ContentError(f'the manifest does not say "format": "{FORMAT}"')
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        raise VersionError(
            f"the archive is of format version {version!r:.50}, this reader knows {VERSION}", got=version, known=VERSION
        )
    manifest = _from_json(data)
    if _to_json(manifest) != data:
        raise ContentError("the manifest has entries that format version 1 does not have")
    return manifest


def require_consistent(manifest: Manifest, members: Sequence[str], tensors: Sequence[str]) -> None:
    """Refuse a manifest that speaks of other members or tensors than there are, or of the same in another order.

    Raises:
        ContentError: with the first such thing.
    """
    if [WEIGHTS, *manifest.files, MANIFEST] != list(members):
        raise ContentError("the manifest lists other members than the archive has", members=list(members))
    artifacts = list(manifest.files)[2:]
    if list(manifest.files)[:2] != [CONFIG, INTERFACE] or artifacts != sorted(artifacts):
        raise ContentError("the members are not in the order of archives", members=list(members))
    if list(manifest.tensors) != list(tensors):
        raise ContentError("the manifest lists other tensors than the weights have")
    _require_aliases(manifest)
    _require_artifacts(manifest, artifacts)


def files_by_artifact(files: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each artifact, its members by their names inside of it."""
    found: dict[str, dict[str, str]] = {}
    for member in files:
        if member.startswith(ARTIFACTS):
            artifact, _, inside = member.removeprefix(ARTIFACTS).partition("/")
            found.setdefault(artifact, {})[inside] = member
    return found


def _require_aliases(manifest: Manifest) -> None:
    for alias, name in manifest.aliases.items():
        if alias in manifest.tensors or name not in manifest.tensors or not alias:
            raise ContentError(f"{shown(alias)} is no alias of a tensor", alias=alias, tensor=name)
    if list(manifest.aliases) != sorted(manifest.aliases):
        raise ContentError("the aliases are not in order")


def _require_artifacts(manifest: Manifest, members: Sequence[str]) -> None:
    owned, files = 0, files_by_artifact(members)
    for name, record in manifest.artifacts.items():
        if "/" in name or problem_of(name):
            raise ContentError(f"{shown(name)} cannot be the name of an artifact", artifact=name)
        found = files.get(name, {})
        owned += len(found)
        if record.kind == "file" and (len(found) != 1 or "/" in next(iter(found))):
            raise ContentError(f"the artifact {shown(name)} says to be one file, and is {len(found)}", artifact=name)
    if owned != len(members):
        raise ContentError("there are members that belong to no artifact", members=list(members))
    if list(manifest.artifacts) != sorted(manifest.artifacts):
        raise ContentError("the artifacts are not in order")


def _to_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "class": {"name": manifest.class_name, "version": manifest.class_version},
        "provenance": dict(manifest.provenance),
        "metadata": dict(manifest.metadata),
        "weights": {"head": manifest.head, "tensors": dict(manifest.tensors), "aliases": dict(manifest.aliases)},
        "files": {name: {"size": file.size, "sha256": file.sha256} for name, file in manifest.files.items()},
        "artifacts": {name: {"kind": a.kind, "owner": a.owner} for name, a in manifest.artifacts.items()},
    }


def _from_json(data: Mapping[str, Any]) -> Manifest:
    cls, weights = _part(data, "class"), _part(data, "weights")
    return Manifest(
        class_name=_value(cls, "name", str, None),
        class_version=_value(cls, "version", int),
        provenance=_texts(data, "provenance"),
        metadata=_part(data, "metadata"),
        head=_digest(weights, "head"),
        tensors=_digests(weights, "tensors"),
        aliases=_texts(weights, "aliases"),
        files=_by_name(data, "files", lambda file, *_: FileRecord(_value(file, "size", int), _digest(file, "sha256"))),
        artifacts=_by_name(data, "artifacts", _artifact),
    )


def _artifact(data: Any, name: str, _: Mapping[str, Any]) -> ArtifactRecord:
    kind = _value(data, "kind", str)
    if kind not in _KINDS:
        raise ContentError(f"the artifact {shown(name)} is neither a file nor a folder", artifact=name, kind=kind)
    return ArtifactRecord(kind, _value(data, "owner", str, None))


def _by_name(data: Mapping[str, Any], key: str, read: Callable[[Any, str, Mapping[str, Any]], T]) -> dict[str, T]:
    part = _part(data, key)
    return {name: read(entry, name, part) for name, entry in part.items()}


def _texts(data: Mapping[str, Any], key: str) -> dict[str, str]:
    return _by_name(data, key, lambda _, name, part: _value(part, name, str))


def _digests(data: Mapping[str, Any], key: str) -> dict[str, str]:
    part = _part(data, key)
    texts = list(part.values())
    if not all(type(text) is str and len(text) == _DIGEST_LENGTH for text in texts) or not _HEX.match("".join(texts)):
        raise ContentError(f"the manifest's {shown(key)} are no SHA-256s")
    return part


def _digest(data: Any, key: str) -> str:
    text = _value(data, key, str)
    if not _DIGEST.match(text):
        raise ContentError(f"the manifest's {shown(key)} is no SHA-256")
    return str(text)


def _part(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    part: dict[str, Any] = _value(data, key, dict)
    return part


def _value(data: Any, key: str, *types: type | None) -> Any:
    """`data[key]`, which must be of one of these types; a bool is no int."""
    if not isinstance(data, dict) or key not in data:
        raise ContentError(f"the manifest lacks {shown(key)}")
    value = data[key]
    if type(value) not in types and not (value is None and None in types):
        raise ContentError(f"the manifest's {shown(key)} is a {type(value).__name__}")
    return value
