"""Files made to deceive a reader, by category. Each is refused, with an error of its cause, before anything is used."""

import bz2
import gzip
import hashlib
import io
import json
import os
import pickle
import socket
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from neuraltypes.archive import (
    Archive,
    ArchiveError,
    ContentError,
    DigestError,
    LimitError,
    NotAnArchiveError,
    NotCanonicalError,
    TruncatedError,
    VersionError,
    WeightsError,
    _safetensors,
)
from neuraltypes.archive._writer import ArtifactSource
from tests.archive._build import container, dumps, parts, read_all, reassembled, small_archive, weights

Parts = Mapping[str, bytes]
SLOWEST, LARGEST = 0.25, 16 << 20  # seconds of CPU time, 0.1 on a machine that does nothing else; bytes


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return small_archive(tmp_path_factory.mktemp("valid") / "small.nt").read_bytes()


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return parts(small_archive(tmp_path_factory.mktemp("valid") / "small.nt"))


def assert_refused(path: Path, expected: type[ArchiveError]) -> None:
    for attempt in range(3):  # once may have reasons that lie elsewhere
        start = time.thread_time()
        with pytest.raises(expected):
            read_all(path)
        if time.thread_time() - start < SLOWEST:
            break
        assert attempt < 2
    tracemalloc.start()
    try:
        with pytest.raises(expected):
            read_all(path)
        assert tracemalloc.get_traced_memory()[1] < LARGEST
    finally:
        tracemalloc.stop()


def test_the_parts_make_an_archive_when_nothing_is_changed(tmp_path: Path, members: Parts, valid: bytes) -> None:
    (tmp_path / "same.nt").write_bytes(reassembled(members))
    assert (tmp_path / "same.nt").read_bytes() == valid
    read_all(tmp_path / "same.nt")


# Wrong files.


def _pickled() -> bytes:
    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, ("exit 1",)

    return pickle.dumps(Payload())


def _torch_saved() -> bytes:
    buffer = io.BytesIO()
    torch.save({"w": torch.zeros(2)}, buffer)
    return buffer.getvalue()


def _tarred(valid: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("model.nt")
        info.size = len(valid)
        tar.addfile(info, io.BytesIO(valid))
    return buffer.getvalue()


WRONG_FILES: dict[str, tuple[Callable[[bytes], bytes], type[ArchiveError]]] = {
    "empty": (lambda _: b"", NotAnArchiveError),
    "one byte of an archive": (lambda valid: valid[:1], TruncatedError),
    "text": (lambda _: b"hello\n", NotAnArchiveError),
    "zeros": (lambda _: bytes(10_000), NotAnArchiveError),
    "pickle": (lambda _: _pickled(), NotAnArchiveError),
    "torch.save": (lambda _: _torch_saved(), ArchiveError),
    "gzip of an archive": (gzip.compress, NotAnArchiveError),
    "bzip2 of an archive": (bz2.compress, NotAnArchiveError),
    "tar of an archive": (_tarred, NotAnArchiveError),
    "safetensors alone": (lambda _: weights({}, 0), NotAnArchiveError),
    "JSON": (lambda _: b"{}", NotAnArchiveError),
    "ELF": (lambda valid: b"\x7fELF" + valid, NotAnArchiveError),
    "script before an archive": (lambda valid: b"#!/bin/sh\nexit\n" + valid, NotAnArchiveError),
    "PDF before an archive": (lambda valid: b"%PDF-1.7\n" + valid, NotAnArchiveError),
    "archive and text": (lambda valid: valid + b"trailing", TruncatedError),
    "archive and pickle": (lambda valid: valid + _pickled(), TruncatedError),
    "two archives": (lambda valid: valid + valid, ArchiveError),
    "archive in the middle of zeros": (lambda valid: bytes(512) + valid + bytes(512), NotAnArchiveError),
    "first half": (lambda valid: valid[: len(valid) // 2], TruncatedError),
    "second half": (lambda valid: valid[len(valid) // 2 :], NotAnArchiveError),
    "a hole where the middle was": (lambda valid: valid[:4000] + bytes(600) + valid[4600:], ArchiveError),
    "end records alone": (lambda valid: valid[-98:], NotAnArchiveError),
    "line ends changed": (lambda valid: valid.replace(b"\n", b"\r\n"), ArchiveError),
    "an empty ZIP": (lambda _: b"PK\5\6" + bytes(18), NotAnArchiveError),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files(tmp_path: Path, valid: bytes, name: str) -> None:
    make, expected = WRONG_FILES[name]
    (tmp_path / "x.nt").write_bytes(make(valid))
    assert_refused(tmp_path / "x.nt", expected)


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert_refused(tmp_path / "pipe", NotAnArchiveError)


def test_folders_devices_and_sockets_are_no_archives(tmp_path: Path, valid: bytes) -> None:
    assert_refused(tmp_path, NotAnArchiveError)
    assert_refused(Path("/dev/zero"), NotAnArchiveError)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert_refused(tmp_path / "socket", NotAnArchiveError)


def test_links_to_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "zero").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="symbolic links"):
        Archive.open(tmp_path / "loop")
    assert_refused(tmp_path / "zero", NotAnArchiveError)
    with pytest.raises(FileNotFoundError):
        Archive.open(tmp_path / "missing")


# Names.

NAMES = [
    *("../escape", "artifacts/../../escape", "artifacts/tables/..", "./config.json", "artifacts//x"),
    *("/etc/passwd", "artifacts/", "artifacts/tables/", "~/x", ""),
    *("C:/x", "C:x", "artifacts\\x", "..\\escape", "\\\\host\\share"),
    *("CON", "artifacts/nul", "artifacts/t/aux.txt", "artifacts/t/COM1", "artifacts/t/lpt9.log"),
    *("artifacts/t/x.", "artifacts/t/ x", "artifacts/t/x ", "artifacts/t/.hidden", "artifacts/t/-rf"),
    *("artifacts/t/a\0b", "artifacts/t/a\nb", "artifacts/t/a\x1b[31m", "artifacts/t/a:b", "artifacts/t/a*"),
    "artifacts/t/" + "x" * 240,
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names(tmp_path: Path, members: Parts, name: str) -> None:
    (tmp_path / "x.nt").write_bytes(reassembled(dict(members) | {name: b"x"}))
    assert_refused(tmp_path / "x.nt", ContentError)
    assert not (tmp_path.parent / "escape").exists()


@pytest.mark.parametrize("raw", [b"artifacts/t/\xc3\xa9", b"artifacts/t/\xff", b"artifacts/t/e\xcc\x81"])
def test_names_that_are_not_ascii(tmp_path: Path, valid: bytes, raw: bytes) -> None:
    known = b"artifacts/vocabulary/vocab.txt"
    changed = valid.replace(known, raw.ljust(len(known), b"x"))
    assert changed.count(raw) >= 2
    (tmp_path / "x.nt").write_bytes(changed)
    assert_refused(tmp_path / "x.nt", ContentError)


@pytest.mark.parametrize("name", ["config.json", "CONFIG.JSON", "Weights.safetensors", "artifacts/Tables/ONE"])
def test_two_members_of_one_name(tmp_path: Path, members: Parts, name: str) -> None:
    (tmp_path / "x.nt").write_bytes(container([*members.items(), (name, b"{}")]))
    with pytest.raises(ContentError, match="have the same name"):
        Archive.open(tmp_path / "x.nt")


def test_a_file_that_is_a_folder_too(tmp_path: Path, members: Parts) -> None:
    (tmp_path / "x.nt").write_bytes(reassembled(dict(members) | {"artifacts/tables/one/inside": b"x"}))
    assert_refused(tmp_path / "x.nt", ContentError)


# The container. What Python's own zipfile writes is never taken: it is not canonical.


def _zipped(members: Parts, **options: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def _with_comment(members: Parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.comment = b"hidden"
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("weights.safetensors", bytes(50 << 20))
    return buffer.getvalue()


def _ends(count: int, size: int, offset: int, position: int) -> bytes:
    return (
        struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 0x32D, 45, 0, 0, count, count, size, offset)
        + struct.pack("<IIQI", 0x07064B50, 0, position, 1)
        + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    )


def _patched(valid: bytes, offset: int, value: bytes) -> bytes:
    """Bytes replaced, counted from the end where `offset` is negative."""
    start = offset % len(valid)
    return valid[:start] + value + valid[start + len(value) :]


def _entry(valid: bytes) -> int:
    return valid.rindex(b"PK\1\2")


CONTAINERS: dict[str, Callable[[bytes, Parts], bytes]] = {
    "zipfile, stored": lambda _, members: _zipped(members),
    "zipfile, deflated": lambda _, members: _zipped(members, compression=zipfile.ZIP_DEFLATED),
    "zipfile, bzip2": lambda _, members: _zipped(members, compression=zipfile.ZIP_BZIP2),
    "zipfile, lzma": lambda _, members: _zipped(members, compression=zipfile.ZIP_LZMA),
    "zipfile, with a comment": lambda _, members: _with_comment(members),
    "a bomb": lambda *_: _bomb(),
    "count too large": lambda valid, _: _patched(valid, -98 + 24, struct.pack("<QQ", 9, 9)),
    "count too small": lambda valid, _: _patched(valid, -98 + 24, struct.pack("<QQ", 1, 1)),
    "2^64 members": lambda valid, _: _patched(valid, -98 + 24, b"\xff" * 16),
    "directory of 2^64 bytes": lambda valid, _: _patched(valid, -98 + 40, b"\xff" * 8),
    "directory at 2^64": lambda valid, _: _patched(valid, -98 + 48, b"\xff" * 8),
    "directory at 0": lambda valid, _: _patched(valid, -98 + 48, bytes(8)),
    "no members": lambda *_: b"PK\3\4" + _ends(0, 0, 4, 4),
    "end record on another disk": lambda valid, _: _patched(valid, -98 + 16, b"\1"),
    "locator elsewhere": lambda valid, _: _patched(valid, -42 + 8, b"\0\0"),
    "several disks": lambda valid, _: _patched(valid, -42 + 16, b"\2"),
    "comment length": lambda valid, _: _patched(valid, -2, b"\1\0"),
    "encrypted": lambda valid, _: _patched(valid, _entry(valid) + 8, b"\1\0"),
    "deflated": lambda valid, _: _patched(valid, _entry(valid) + 10, b"\x08\0"),
    "a symbolic link": lambda valid, _: _patched(valid, _entry(valid) + 38, struct.pack("<I", 0o120777 << 16)),
    "set-user-id": lambda valid, _: _patched(valid, _entry(valid) + 38, struct.pack("<I", 0o104755 << 16)),
    "a folder": lambda valid, _: _patched(valid, _entry(valid) + 38, struct.pack("<I", 0o040755 << 16 | 16)),
    "made on another system": lambda valid, _: _patched(valid, _entry(valid) + 5, b"\0"),
    "newer version needed": lambda valid, _: _patched(valid, _entry(valid) + 6, b"\x3f"),
    "a date": lambda valid, _: _patched(valid, _entry(valid) + 12, b"\1\2\3\4"),
    "an entry's comment": lambda valid, _: _patched(valid, _entry(valid) + 32, b"\4\0"),
    "an entry's disk": lambda valid, _: _patched(valid, _entry(valid) + 34, b"\1\0"),
    "an unknown extra field": lambda valid, _: _patched(valid, _entry(valid) + 46 + 13, b"\x75\x70"),
    "packed size differs": lambda valid, _: _patched(valid, _entry(valid) + 46 + 13 + 12, b"\1"),
    "size of 2^63": lambda valid, _: _patched(valid, _entry(valid) + 46 + 13 + 4, b"\0" * 7 + b"\x80"),
    "size of 2^64": lambda valid, _: _patched(valid, _entry(valid) + 46 + 13 + 4, b"\xff" * 16),
    "size one too small": lambda valid, _: _patched(
        valid,
        _entry(valid) + 46 + 13 + 4,
        struct.pack("<Q", struct.unpack_from("<Q", valid, _entry(valid) + 63)[0] - 1),
    ),
    "overlapping members": lambda valid, _: _patched(valid, _entry(valid) + 46 + 13 + 20, bytes(8)),
    "header at 2^64": lambda valid, _: _patched(valid, _entry(valid) + 46 + 13 + 20, b"\xff" * 8),
    "name length beyond the end": lambda valid, _: _patched(valid, _entry(valid) + 28, b"\xff\xff"),
    "extra length beyond the end": lambda valid, _: _patched(valid, _entry(valid) + 30, b"\xff\xff"),
    "other magic": lambda valid, _: _patched(valid, _entry(valid), b"PK\6\7"),
    "checksum in the directory": lambda valid, _: _patched(valid, _entry(valid) + 16, b"\0\0\0\0"),
    "another name in the header": lambda valid, _: valid.replace(b"config.json", b"konfig.json", 1),
    "data in the padding": lambda valid, _: _patched(valid, 200, b"payload"),
    "flags in a header": lambda valid, _: _patched(valid, 6, b"\x08\0"),
    "data descriptor instead of a checksum": lambda valid, _: _patched(valid, 14, b"\0\0\0\0"),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(tmp_path: Path, valid: bytes, members: Parts, name: str) -> None:
    changed = CONTAINERS[name](valid, members)
    assert changed != valid
    (tmp_path / "x.nt").write_bytes(changed)
    assert_refused(tmp_path / "x.nt", ArchiveError)


def test_data_between_two_members(tmp_path: Path, valid: bytes) -> None:
    position = valid.index(b"PK\3\4", 10)
    (tmp_path / "x.nt").write_bytes(valid[:position] + b"hidden__" + valid[position:])
    assert_refused(tmp_path / "x.nt", NotCanonicalError)


def test_data_before_the_directory(tmp_path: Path, valid: bytes) -> None:
    *_, size, offset = struct.unpack_from("<QQQQ", valid, len(valid) - 98 + 24)
    assert valid[offset : offset + 4] == b"PK\1\2"
    count = len(zipfile.ZipFile(io.BytesIO(valid)).namelist())
    ends = _ends(count, size, offset + 8, offset + 8 + size)
    (tmp_path / "x.nt").write_bytes(valid[:offset] + b"hidden__" + valid[offset:-98] + ends)
    assert_refused(tmp_path / "x.nt", NotCanonicalError)


def test_too_many_members(tmp_path: Path, members: Parts) -> None:
    many = {f"artifacts/tables/{number}": b"" for number in range(4100)}
    (tmp_path / "x.nt").write_bytes(container([*members.items(), *many.items()]))
    assert_refused(tmp_path / "x.nt", LimitError)


@pytest.mark.parametrize("missing", ["weights.safetensors", "config.json", "interface.json", "manifest.json"])
def test_a_missing_member(tmp_path: Path, members: Parts, missing: str) -> None:
    (tmp_path / "x.nt").write_bytes(container([(n, t) for n, t in members.items() if n != missing]))
    assert_refused(tmp_path / "x.nt", ContentError)


def test_members_in_another_order(tmp_path: Path, members: Parts) -> None:
    (tmp_path / "x.nt").write_bytes(reassembled(dict(sorted(members.items()))))
    assert_refused(tmp_path / "x.nt", ContentError)


def test_a_member_that_the_manifest_does_not_name(tmp_path: Path, members: Parts) -> None:
    listed = list(members.items())
    (tmp_path / "x.nt").write_bytes(container([*listed[:-1], ("extra.bin", b"x"), listed[-1]]))
    assert_refused(tmp_path / "x.nt", ContentError)


# The manifest.

DIGEST = "0" * 64
MANIFESTS: dict[str, tuple[dict[str, Any], type[ArchiveError]]] = {
    "format": ({"format": "zip"}, ContentError),
    "no format": ({"format": ...}, ContentError),
    "version 0": ({"version": 0}, VersionError),
    "version 2": ({"version": 2}, VersionError),
    "version -1": ({"version": -1}, VersionError),
    "version true": ({"version": True}, VersionError),
    "version 1.0": ({"version": 1.0}, VersionError),
    "version as a text": ({"version": "1"}, VersionError),
    "version a large number": ({"version": 1 << 63}, VersionError),
    "version a list": ({"version": [1]}, VersionError),
    "no version": ({"version": ...}, VersionError),
    "unknown flag": ({"trusted": True}, ContentError),
    "required feature": ({"requires": ["pickle"]}, ContentError),
    "no class": ({"class": ...}, ContentError),
    "class a text": ({"class": "os.system"}, ContentError),
    "class name a number": ({"class": {"name": 1, "version": 1}}, ContentError),
    "class version a text": ({"class": {"name": "x", "version": "1"}}, ContentError),
    "class version a bool": ({"class": {"name": "x", "version": True}}, ContentError),
    "class with code": ({"class": {"name": "x", "version": 1, "code": "import os"}}, ContentError),
    "provenance a list": ({"provenance": []}, ContentError),
    "provenance of numbers": ({"provenance": {"torch": 2}}, ContentError),
    "metadata a list": ({"metadata": []}, ContentError),
    "metadata missing": ({"metadata": ...}, ContentError),
    "weights missing": ({"weights": ...}, ContentError),
    "weights null": ({"weights": None}, ContentError),
    "files null": ({"files": None}, ContentError),
    "files missing": ({"files": ...}, ContentError),
    "files of texts": ({"files": {"config.json": "x"}}, ContentError),
    "files empty": ({"files": {}}, ContentError),
    "file size negative": ({"files": {"config.json": {"size": -1, "sha256": DIGEST}}}, ContentError),
    "file size a float": ({"files": {"config.json": {"size": 1.5, "sha256": DIGEST}}}, ContentError),
    "digest of other letters": ({"files": {"config.json": {"size": 1, "sha256": "g" * 64}}}, ContentError),
    "digest in capitals": ({"files": {"config.json": {"size": 1, "sha256": "A" * 64}}}, ContentError),
    "digest too short": ({"files": {"config.json": {"size": 1, "sha256": "0" * 63}}}, ContentError),
    "digest with a line end": ({"files": {"config.json": {"size": 1, "sha256": "0" * 64 + "\n"}}}, ContentError),
    "artifacts null": ({"artifacts": None}, ContentError),
    "artifacts missing": ({"artifacts": {}}, ContentError),
    "artifact of another kind": ({"artifacts": {"tables": {"kind": "link", "owner": None}}}, ContentError),
    "artifact without files": (
        {"artifacts": {"extra": {"kind": "file", "owner": None}, "tables": {"kind": "folder", "owner": None}}},
        ContentError,
    ),
    "artifact of two files": (
        {"artifacts": {"tables": {"kind": "file", "owner": None}, "vocabulary": {"kind": "file", "owner": None}}},
        ContentError,
    ),
    "artifacts out of order": (
        {"artifacts": {"vocabulary": {"kind": "file", "owner": None}, "tables": {"kind": "folder", "owner": None}}},
        ContentError,
    ),
    "artifact with a path for a name": (
        {"artifacts": {"../x": {"kind": "folder", "owner": None}, "tables": {"kind": "folder", "owner": None}}},
        ContentError,
    ),
    "artifact owned by a number": ({"artifacts": {"tables": {"kind": "folder", "owner": 1}}}, ContentError),
}

TEXTS: dict[str, tuple[bytes, type[ArchiveError]]] = {
    "nothing": (b"", ContentError),
    "no JSON": (b"format: neuraltypes-archive", ContentError),
    "a list": (b"[]", ContentError),
    "a number": (b"1", ContentError),
    "null": (b"null", ContentError),
    "NaN": (b'{"format":NaN}', ContentError),
    "Infinity": (b'{"format":"neuraltypes-archive","version":Infinity}', ContentError),
    "1e999": (b'{"format":"neuraltypes-archive","version":1e999}', ContentError),
    "a key twice": (b'{"format":"neuraltypes-archive","version":1,"version":2}', ContentError),
    "a byte order mark": (b"\xef\xbb\xbf{}", ContentError),
    "UTF-16": ("{}".encode("utf-16"), ContentError),
    "UTF-32": ("{}".encode("utf-32"), ContentError),
    "wrong UTF-8": (b'{"\xff":1}', ContentError),
    "overlong UTF-8": (b'{"\xc0\xaf":1}', ContentError),
    "half a surrogate": (b'{"\\ud800":1}', ContentError),
    "spaces": (b'{"format": "neuraltypes-archive"}', NotCanonicalError),
    "escapes": (b'{"\\u0066ormat":"neuraltypes-archive"}', NotCanonicalError),
    "minus zero": (b'{"version":-0}', NotCanonicalError),
    "a number written in another way": (b'{"version":1.00}', NotCanonicalError),
    "a line end after it": (b"{}\n", NotCanonicalError),
    "two values": (b"{}{}", ContentError),
    "a number of 5000 digits": (b'{"version":' + b"9" * 5000 + b"}", ContentError),
    "a number of 65 bits": (b'{"version":18446744073709551616}', ContentError),
    "a fraction of 5000 digits": (b'{"version":0.' + b"1" * 5000 + b"}", ContentError),
    "100 deep": (b"[" * 100 + b"]" * 100, LimitError),
    "100,000 deep": (b"[" * 100_000, LimitError),
    "100,000 deep, in objects": (b'{"a":' * 100_000, LimitError),
    "a string that does not end": (b'{"a":"' + b'\\"' * 50_000, ContentError),
    "brackets in a string that does not end": (b'{"a":"' + b"[" * 40_000, ContentError),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_manifests(tmp_path: Path, members: Parts, name: str) -> None:
    changes, expected = MANIFESTS[name]
    (tmp_path / "x.nt").write_bytes(reassembled(members, **changes))
    assert_refused(tmp_path / "x.nt", expected)


@pytest.mark.parametrize("name", TEXTS)
def test_texts_of_the_manifest(tmp_path: Path, members: Parts, name: str) -> None:
    text, expected = TEXTS[name]
    (tmp_path / "x.nt").write_bytes(container(list((dict(members) | {"manifest.json": text}).items())))
    assert_refused(tmp_path / "x.nt", expected)


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("a list", "a number", "null")])
@pytest.mark.parametrize("part", ["config.json", "interface.json"])
def test_texts_of_config_and_interface(tmp_path: Path, members: Parts, part: str, name: str) -> None:
    text, _ = TEXTS[name]
    (tmp_path / "x.nt").write_bytes(reassembled(dict(members) | {part: text}))
    assert_refused(tmp_path / "x.nt", ArchiveError)


@pytest.mark.parametrize(
    "text", [b'"' + b"x" * (1 << 20) + b'"', b"[" + b"0," * 100_001 + b"0]", b"[" + b"[]," * 200_000 + b"[]]"]
)
def test_a_config_that_is_too_large(tmp_path: Path, members: Parts, text: bytes) -> None:
    (tmp_path / "x.nt").write_bytes(reassembled(dict(members) | {"config.json": text}))
    assert_refused(tmp_path / "x.nt", LimitError)


def _weights_entry(members: Parts, **changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(members["manifest.json"])["weights"]
    return known | changes


ALIASES = {
    "of nothing": {"x": "missing"},
    "of itself": {"x": "x"},
    "of an alias": {"x": "y", "y": "mask"},
    "over a tensor": {"mask": "encoder.steps"},
    "without a name": {"": "mask"},
    "to a number": {"x": 1},
    "out of order": {"y": "mask", "x": "mask"},
}


@pytest.mark.parametrize("name", ALIASES)
def test_aliases(tmp_path: Path, members: Parts, name: str) -> None:
    changed = reassembled(members, weights=_weights_entry(members, aliases=ALIASES[name]))
    (tmp_path / "x.nt").write_bytes(changed)
    assert_refused(tmp_path / "x.nt", ContentError)


@pytest.mark.parametrize("change", [{}, {"mask": DIGEST}, {"extra": DIGEST}])
def test_tensors_of_the_manifest(tmp_path: Path, members: Parts, change: dict[str, str]) -> None:
    (tmp_path / "x.nt").write_bytes(reassembled(members, weights=_weights_entry(members, tensors=change)))
    assert_refused(tmp_path / "x.nt", ContentError)


# The weights.


def _one(dtype: Any = "F32", shape: Any = (2,), offsets: Any = (0, 8), **more: Any) -> dict[str, Any]:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets} | more}


def _two(first: tuple[int, int], second: tuple[int, int]) -> dict[str, Any]:
    def entry(place: tuple[int, int]) -> dict[str, Any]:
        return {"dtype": "U8", "shape": [place[1] - place[0]], "data_offsets": list(place)}

    return {"a": entry(first), "b": entry(second)}


WEIGHTS: dict[str, tuple[bytes, type[ArchiveError]]] = {
    "nothing": (b"", WeightsError),
    "seven bytes": (bytes(7), WeightsError),
    "a table longer than the file": (struct.pack("<Q", 100) + b"{}", WeightsError),
    "a table of 2^64 bytes": (b"\xff" * 8 + b"{}", WeightsError),
    "an empty table": (bytes(8), ContentError),
    "a list": (weights([], 0), WeightsError),
    "a key twice": (weights(b'{"a":{},"a":{}}', 0), ContentError),
    "an entry twice": (weights(dumps(_one())[:-1] + b"," + dumps(_one())[1:], 8), ContentError),
    "a pickle for a table": (weights(_pickled(), 0), ContentError),
    "spaces before the table": (weights(b"  " + dumps(_one()), 8), NotCanonicalError),
    "zeros behind the table": (weights(dumps(_one()) + bytes(8), 8), ContentError),
    "no padding": (weights(_one(), 8, padded=False), NotCanonicalError),
    "no metadata": (weights(_one(), 8), NotCanonicalError),
    "other metadata": (weights({"__metadata__": {"format": "tf"}} | _one(), 8), NotCanonicalError),
    "more metadata": (weights({"__metadata__": {"format": "pt", "x": "y"}} | _one(), 8), NotCanonicalError),
    "metadata a list": (weights({"__metadata__": []} | _one(), 8), WeightsError),
    "metadata of numbers": (weights({"__metadata__": {"format": 1}} | _one(), 8), WeightsError),
    "unknown dtype": (weights(_one("F128"), 8), WeightsError),
    "dtype in small letters": (weights(_one("f32"), 8), WeightsError),
    "dtype a list": (weights(_one(["F32"]), 8), WeightsError),
    "dtype null": (weights(_one(None), 8), WeightsError),
    "object dtype": (weights(_one("O"), 8), WeightsError),
    "negative size": (weights(_one(shape=(-2,)), 8), WeightsError),
    "two negative sizes": (weights(_one(shape=(-1, -2)), 8), WeightsError),
    "a size that is a float": (weights(_one(shape=(2.0,)), 8), WeightsError),
    "a size that is a bool": (weights(_one("F64", shape=(True,)), 8), WeightsError),
    "a size that is a text": (weights(_one(shape=("2",)), 8), WeightsError),
    "shape null": (weights(_one(shape=None), 8), WeightsError),
    "shape a number": (weights(_one(shape=2), 8), WeightsError),
    "shape overflows to a small number": (weights(_one("U8", (1 << 32, 1 << 32, 8), (0, 8)), 8), WeightsError),
    "shape of nothing, with huge sizes": (weights(_one(shape=(0, 1 << 62, 1 << 62), offsets=(0, 0)), 0), WeightsError),
    "100 axes": (weights(_one(shape=(1,) * 99 + (2,)), 8), WeightsError),
    "too few bytes": (weights(_one(offsets=(0, 4)), 4), WeightsError),
    "too many bytes": (weights(_one(offsets=(0, 12)), 12), WeightsError),
    "end before the start": (weights(_one(offsets=(8, 0)), 8), WeightsError),
    "negative offset": (weights(_one(offsets=(-8, 0)), 8), WeightsError),
    "offset of 2^63": (weights(_one(offsets=(1 << 63, (1 << 63) + 8)), 8), WeightsError),
    "offset of 2^64": (weights(_one(offsets=(0, 1 << 64)), 8), ContentError),
    "three offsets": (weights(_one(offsets=(0, 8, 8)), 8), WeightsError),
    "offsets null": (weights(_one(offsets=None), 8), WeightsError),
    "an entry more": (weights(_one(strides=[1]), 8), WeightsError),
    "an entry less": (weights({"a": {"dtype": "F32", "shape": [2]}}, 8), WeightsError),
    "an entry that is a list": (weights({"a": []}, 0), WeightsError),
    "no name": (weights({"": _one()["a"]}, 8), WeightsError),
    "beyond the end": (weights(_one(), 4), WeightsError),
    "data behind the last tensor": (weights(_one(), 16), WeightsError),
    "data without a tensor": (weights({}, 8), WeightsError),
    "a hole at the start": (weights(_two((1, 4), (4, 8)), 8), WeightsError),
    "a hole in the middle": (weights(_two((0, 3), (4, 8)), 8), WeightsError),
    "an overlap": (weights(_two((0, 5), (4, 8)), 8), WeightsError),
    "two tensors in one place": (weights(_two((0, 8), (0, 8)), 8), WeightsError),
    "two tensors in one half": (weights(_two((0, 4), (0, 4)), 8), WeightsError),
    "one inside the other": (weights(_two((0, 8), (2, 4)), 8), WeightsError),
    "the second first": (weights(_two((4, 8), (0, 4)), 8), NotCanonicalError),
    "half a byte": (weights(_one("F4", (3,), (0, 2)), 2), WeightsError),
    "nested 10 deep": (weights(b'{"a":' * 10 + b"1" + b"}" * 10, 0), LimitError),
    "nested 100,000 deep": (weights(b'{"a":' * 100_000, 0), LimitError),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights(tmp_path: Path, members: Parts, name: str) -> None:
    content, expected = WEIGHTS[name]
    (tmp_path / "x.nt").write_bytes(reassembled(dict(members) | {"weights.safetensors": content}))
    assert_refused(tmp_path / "x.nt", expected)


# As much as is read at all: still soon and in little memory.


def _many(count: int, dtype: str = "U8", name: str = "") -> bytes:
    """A table of that many empty tensors, of which the last has that dtype."""
    named = [f"{number:x}{name}" for number in range(count)]
    head = _safetensors.encode(_safetensors.layout((name, "U8", (0,)) for name in named))
    before, last, after = head.rpartition(b'"U8"')
    return before + last.replace(b"U8", dtype.encode()) + after


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (_many(5000, "u8"), WeightsError),
        (_many(5000), ContentError),  # the manifest names other ones
        (_many(2000, name="\N{GRINNING FACE}" * 60), ContentError),
        (_many(9000), LimitError),
        (weights({"a": {"dtype": "U8", "shape": [1] * 49_000, "data_offsets": [0, 1]}}, 1), WeightsError),
        (weights({"\N{GRINNING FACE}" * 260_000: {}}, 0), WeightsError),
    ],
    ids=["the last one malformed", "not in the manifest", "long names", "too many", "many axes", "a long name"],
)
def test_large_tables(tmp_path: Path, members: Parts, content: bytes, expected: type[ArchiveError]) -> None:
    manifest = json.loads(members["manifest.json"])["weights"]
    manifest |= {"head": hashlib.sha256(content[: 8 + int.from_bytes(content[:8], "little")]).hexdigest()}
    found = dict(members) | {"weights.safetensors": content}
    (tmp_path / "x.nt").write_bytes(reassembled(found, weights=manifest | {"tensors": {}, "aliases": {}}))
    assert_refused(tmp_path / "x.nt", expected)


def test_a_table_may_be_larger_where_the_weights_are(tmp_path: Path) -> None:
    state = {f"{number:x}": torch.zeros(0) for number in range(9000)}
    with pytest.raises(LimitError, match="beside weights of this size at most 50"):
        small_archive(tmp_path / "x.nt", state=state)
    assert list(tmp_path.iterdir()) == []
    read_all(small_archive(tmp_path / "x.nt", state=state | {"large": torch.zeros(1 << 25)}))


@pytest.mark.parametrize(
    "text", [b"[" + b"{}," * 15_000 + b"{} ]", b'["' + "\N{GRINNING FACE}".encode() * 200_000 + b'" ]']
)
def test_large_configs(tmp_path: Path, members: Parts, text: bytes) -> None:
    (tmp_path / "x.nt").write_bytes(reassembled(dict(members) | {"config.json": text, "interface.json": b"0 "}))
    assert_refused(tmp_path / "x.nt", NotCanonicalError)


def test_many_artifacts(tmp_path: Path) -> None:
    named = {f"a{number}": ArtifactSource("file", {"f": (0, list)}) for number in range(4000)}
    path = small_archive(tmp_path / "x.nt", artifacts=named)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"format":"neuraltypes-archive"', b'"format":"neuraltypes-xrchive"'))
    assert_refused(path, DigestError)
    path.write_bytes(data)
    for attempt in range(3):
        start = time.thread_time()
        Archive.open(path).close()
        if time.thread_time() - start < 2 * SLOWEST:
            break
        assert attempt < 2


# Digests and artifacts.


def test_another_table_of_tensors_than_the_one_that_was_saved(tmp_path: Path, members: Parts) -> None:
    changed = members["weights.safetensors"].replace(b'"F32"', b'"I32"', 1)
    (tmp_path / "x.nt").write_bytes(container(list((dict(members) | {"weights.safetensors": changed}).items())))
    with pytest.raises(DigestError, match="the table of tensors is not the one that was saved"):
        Archive.open(tmp_path / "x.nt")


def test_a_tensor_with_another_digest(tmp_path: Path, members: Parts) -> None:
    content = members["weights.safetensors"]
    changed = dict(members) | {"weights.safetensors": content[:-1] + bytes([content[-1] ^ 1])}
    (tmp_path / "x.nt").write_bytes(container(list(changed.items())))
    with pytest.raises(DigestError, match="tensor 'mask' is not what was saved"):
        read_all(tmp_path / "x.nt")


@pytest.mark.parametrize("name", ["config.json", "interface.json", "artifacts/vocabulary/vocab.txt"])
def test_a_file_with_another_digest(tmp_path: Path, members: Parts, name: str) -> None:
    changed = dict(members) | {name: bytes(reversed(members[name]))}
    (tmp_path / "x.nt").write_bytes(container(list(changed.items())))
    with pytest.raises(DigestError, match=f"'{name}' is not what was saved"):
        read_all(tmp_path / "x.nt")


def test_a_checksum_that_only_other_readers_look_at(tmp_path: Path, valid: bytes) -> None:
    crc = struct.pack("<I", zlib.crc32(b"a\nb\n"))
    assert valid.count(crc) == 2
    (tmp_path / "x.nt").write_bytes(valid.replace(crc, b"\1\2\3\4"))
    assert_refused(tmp_path / "x.nt", DigestError)


def test_a_checksum_of_the_weights(tmp_path: Path, valid: bytes, members: Parts) -> None:
    crc = struct.pack("<I", zlib.crc32(members["weights.safetensors"]))
    (tmp_path / "x.nt").write_bytes(valid.replace(crc, b"\1\2\3\4"))
    assert_refused(tmp_path / "x.nt", DigestError)


def test_another_archive_than_the_expected_one(tmp_path: Path, valid: bytes) -> None:
    (tmp_path / "x.nt").write_bytes(valid)
    with Archive.open(tmp_path / "x.nt") as archive:
        digest = archive.digest
    Archive.open(tmp_path / "x.nt", expected_digest=digest).close()
    with pytest.raises(DigestError) as caught:
        Archive.open(tmp_path / "x.nt", expected_digest="sha256:" + hashlib.sha256(b"").hexdigest())
    assert caught.value.details["got"] == digest
