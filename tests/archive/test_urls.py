"""Archives at URLs: uploaded whole or not at all, and read through a private copy; bars for what takes long."""

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import fsspec  # type: ignore[import-untyped]
import pytest
import torch
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem  # type: ignore[import-untyped]
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule
from neuraltypes.archive import Archive, ArchiveError, DigestError, TruncatedError, _progress
from neuraltypes.archive._writer import write
from tests.archive._build import read_all, small_archive, small_content

URL = "memory://models/small.nt"


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files that must be empty in the end, and no files in memory."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("NEURALTYPES_CACHE", str(tmp_path / "cache"))
    yield
    assert list(folder.iterdir()) == []
    MemoryFileSystem.store.clear()


class Encoder(NeuralModule):
    def __init__(self, vocabulary: str | Path) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 4)
        self.register_artifact("vocabulary", vocabulary)

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 4"]:
        encoded: Tensor = self.linear(x)
        return encoded


def test_the_bytes_at_a_url_are_those_of_a_file(tmp_path: Path) -> None:
    digest = write(URL, small_content())
    with fsspec.open(URL) as file:
        assert file.read() == small_archive(tmp_path / "small.nt").read_bytes()
    with Archive.open(URL, expected_digest=digest) as archive:
        archive.verify()
        assert archive.path == URL


def test_a_model_comes_back_from_a_url(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("a\n")
    model = Encoder(tmp_path / "vocab.txt")
    digest = model.save_to(URL)
    restored = Encoder.restore_from(URL)
    MemoryFileSystem.store.clear()
    assert torch.equal(restored.linear.weight, model.linear.weight)
    assert restored.artifact_path("vocabulary").read_text() == "a\n"
    assert restored.save_to(URL) == digest, "the artifact is read from the private copy"


def test_a_url_of_a_local_file_is_that_file(tmp_path: Path) -> None:
    write(f"file://{tmp_path}/small.nt", small_content())
    assert (tmp_path / "small.nt").read_bytes() == small_archive(tmp_path / "other.nt").read_bytes()
    Archive.open(f"file://{tmp_path}/small.nt").close()


def test_a_failing_upload_leaves_the_old_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    write(URL, small_content())

    def fail(self: MemoryFile, data: bytes) -> int:
        raise ConnectionResetError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryFile, "write", fail, raising=False)
        with pytest.raises(ConnectionResetError):
            write(URL, small_content(metadata={"epoch": 4}))
    with Archive.open(URL) as archive:
        assert archive.metadata == {"epoch": 3}
    write(URL, small_content(metadata={"epoch": 5}))
    with Archive.open(URL) as archive:
        assert archive.metadata == {"epoch": 5}, "the failed upload leaves no state behind"


def test_unsavable_content_makes_no_file_anywhere() -> None:
    with pytest.raises(ArchiveError):
        write(URL, small_content(config={"a": float("nan")}))
    assert MemoryFileSystem.store == {}


def test_half_a_download_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    write(URL, small_content())
    monkeypatch.setattr(MemoryFileSystem, "info", lambda *_: {"size": 10**5})
    with pytest.raises(TruncatedError, match=r"memory://models/small.nt: \d+ bytes came of 100000"):
        Archive.open(URL)


def test_a_damaged_download_is_refused() -> None:
    write(URL, small_content())
    data = MemoryFileSystem.store["/models/small.nt"].getvalue()
    MemoryFileSystem.store["/models/small.nt"] = MemoryFile(None, "x", data.replace(b"pkg.Encoder", b"pkg.Decoder"))
    with pytest.raises(DigestError, match=r"^memory://models/small.nt: "):
        Archive.open(URL)


def test_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError):
        Archive.open("memory://missing.nt")


def test_urls_that_nothing_can_be_written_to() -> None:
    with pytest.raises(OSError, match="nothing can be written to such URLs"):
        write("http://127.0.0.1:1/model.nt", small_content())


def test_urls_of_no_known_kind() -> None:
    with pytest.raises(ValueError, match="Protocol not known: nowhere"):
        write("nowhere://model.nt", small_content())


def test_space_is_checked_before_an_upload_and_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    write(URL, small_content())
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 4000}))
    for attempt in (lambda: write(URL, small_content()), lambda: Archive.open(URL)):
        with pytest.raises(OSError, match="4000 are free"):
            attempt()


def test_without_fsspec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ImportError, match=r"memory://models/small.nt: archives at URLs need fsspec"):
        Archive.open(URL)


# Bars.


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal, for which everything takes long."""
    terminal = Terminal()
    monkeypatch.setattr(_progress, "_SMALL", 0)
    monkeypatch.setattr(_progress, "_DELAY", 0)
    monkeypatch.setattr(_progress, "sys", SimpleNamespace(stderr=terminal))
    return terminal


def model_of(tmp_path: Path) -> Encoder:
    (tmp_path / "vocab.txt").touch()
    return Encoder(tmp_path / "vocab.txt")


def test_long_saves_and_restores_show_a_bar(tmp_path: Path, stderr: Terminal) -> None:
    model_of(tmp_path).save_to(tmp_path / "model.nt")
    assert "save:" in stderr.getvalue()
    Encoder.restore_from(tmp_path / "model.nt")
    assert "verify:" in stderr.getvalue()


def test_uploads_and_downloads_show_a_bar(tmp_path: Path, stderr: Terminal) -> None:
    model_of(tmp_path).save_to(URL)
    assert "upload:" in stderr.getvalue()
    Encoder.restore_from(URL)
    assert "download:" in stderr.getvalue()


def test_bars_are_switched_off(tmp_path: Path, stderr: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    model_of(tmp_path).save_to(tmp_path / "model.nt", progress=False)
    Encoder.restore_from(tmp_path / "model.nt", progress=False)
    monkeypatch.setenv("LOCAL_RANK", "1")  # another process of the same training
    Encoder.restore_from(tmp_path / "model.nt")
    monkeypatch.delenv("LOCAL_RANK")
    monkeypatch.setattr(stderr, "isatty", lambda: False)
    Encoder.restore_from(tmp_path / "model.nt")
    assert stderr.getvalue() == ""


def test_no_bar_is_imported_where_nothing_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "sys", SimpleNamespace(stderr=Terminal()))
    monkeypatch.setattr(_progress, "_bar", lambda *_: pytest.fail("a bar was made"))
    model_of(tmp_path).save_to(tmp_path / "model.nt")
    Encoder.restore_from(tmp_path / "model.nt")


# Systems without calls that read and write at a place.


def test_systems_without_positioned_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = small_archive(tmp_path / "small.nt").read_bytes()
    for name in ("pread", "preadv", "pwrite", "pwritev"):
        monkeypatch.delattr(os, name)
    path = small_archive(tmp_path / "other.nt")
    read_all(path)
    assert path.read_bytes() == expected
