"""A save replaces the old archive whole or not at all, and leaves nothing behind, however it ends."""

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from neuraltypes.archive import Archive, LimitError, StateError, TruncatedError, _atomic, _hashing, _sums, _writer
from neuraltypes.archive._state import load_state, read_state
from neuraltypes.archive._writer import Content, write
from tests.archive._build import SMALL_STATE, read_all, small_archive, small_content

KILLS = int(os.environ.get("NEURALTYPES_KILLS", "12"))  # 200 take about two minutes


def content_of(value: float, size: int = 1000) -> Content:
    tensors, aliases = read_state({"w": torch.full((size,), value), "step": torch.tensor(value)})
    return Content(tensors, aliases)


def value_of(path: Path) -> float:
    with Archive.open(path) as archive:
        archive.verify()
        return float(load_state(archive)["step"])


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    first, second = small_archive(tmp_path / "first.nt"), small_archive(tmp_path / "second.nt")
    backwards = dict(reversed(SMALL_STATE.items()))
    write(tmp_path / "third.nt", small_content(state=backwards))
    assert first.read_bytes() == second.read_bytes() == (tmp_path / "third.nt").read_bytes()


def test_the_digest_names_the_content(tmp_path: Path) -> None:
    digest = write(tmp_path / "a.nt", content_of(1))
    assert digest == Archive.open(tmp_path / "a.nt").digest
    assert digest != write(tmp_path / "b.nt", content_of(2))


def test_a_failing_save_leaves_the_old_archive_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(1))
    for error in (OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), MemoryError()):
        for call in range(11):  # as often as a save of two tensors writes
            with monkeypatch.context() as patch:
                patch.setattr(_writer._Writer, "_write_at", _failing_at(call, error))
                with pytest.raises(type(error)):
                    write(path, content_of(2))
            assert value_of(path) == 1
            assert [file.name for file in tmp_path.iterdir()] == ["model.nt"]


def _failing_at(call: int, error: BaseException) -> object:
    calls = iter(range(100))
    original = _writer._Writer._write_at

    def fail(self: _writer._Writer, position: int, data: bytes) -> int:
        if next(calls) == call:
            raise error
        return original(self, position, data)

    return fail


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_at_the_end_leaves_the_old_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(1))

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync" if step == "fsync" else "pathlib.Path.replace", fail)
        with pytest.raises(OSError, match="input/output error"):
            write(path, content_of(2))
    assert value_of(path) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_size_limit_is_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(path, content_of(2, size=100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert value_of(path) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_space_is_checked_before_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 4000})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr(_atomic, "_create", lambda _: pytest.fail("a file was made"))
    with pytest.raises(OSError, match="4000 are free") as caught:
        write(tmp_path / "model.nt", content_of(1))
    assert caught.value.errno == errno.ENOSPC


def test_a_folder_is_not_replaced_and_a_missing_one_not_made(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write(tmp_path / "folder", content_of(1))
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "missing" / "model.nt", content_of(1))


def test_a_read_only_folder() -> None:
    with tempfile.TemporaryDirectory() as name:  # which others may enter, unlike pytest's own
        path = Path(name, "model.nt")
        write(path, content_of(1))
        Path(name).chmod(0o555)
        try:
            with unprivileged(), pytest.raises(PermissionError):
                write(path, content_of(2))
            assert value_of(path) == 1
            assert list(Path(name).iterdir()) == [path]
        finally:
            Path(name).chmod(0o700)


@contextmanager
def unprivileged() -> Iterator[None]:
    """As nobody, if this is the superuser, who may write anywhere."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system can be mounted here")
    try:
        write(disk / "model.nt", content_of(1))
        with pytest.raises(OSError, match="the archive needs"):
            write(disk / "model.nt", content_of(2, size=100_000))
        monkeypatch.setattr(_atomic, "require_room", lambda *_: None)  # as if others filled it meanwhile
        with pytest.raises(OSError, match="No space left on device"):
            write(disk / "model.nt", content_of(2, size=100_000))
        assert value_of(disk / "model.nt") == 1
        assert list(disk.iterdir()) == [disk / "model.nt"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_takes_no_files() -> None:
    with pytest.raises(OSError, match="/proc"):
        write("/proc/model.nt", content_of(1))


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "best.nt").symlink_to(tmp_path / "real" / "model.nt")
    write(tmp_path / "best.nt", content_of(1))
    assert (tmp_path / "best.nt").is_symlink()
    assert value_of(tmp_path / "real" / "model.nt") == 1


def test_saving_over_the_file_that_the_tensors_are_mapped_from(tmp_path: Path) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(1, size=100_000))
    state = load_state(Archive.open(path))
    state["w"][0] = 5
    tensors, aliases = read_state(state)
    write(path, Content(tensors, aliases))
    again = load_state(Archive.open(path))
    assert again["w"][:2].tolist() == [5, 1]
    assert state["w"][:2].tolist() == [5, 1]


def test_unfit_state_is_refused_before_the_first_byte(tmp_path: Path) -> None:
    tensors, _ = read_state({"w": torch.zeros(2)})
    with pytest.raises(StateError, match="two tensors have the same name"):
        write(tmp_path / "model.nt", Content((*tensors, *tensors)))
    with pytest.raises(StateError, match="cannot be called '__metadata__'"):
        write(tmp_path / "model.nt", Content(read_state({"__metadata__": torch.zeros(2)}).tensors))
    with pytest.raises(LimitError, match="nested more than 32 deep"):
        write(tmp_path / "model.nt", Content(config=_nested(40)))
    assert list(tmp_path.iterdir()) == []


def _nested(depth: int) -> object:
    return [_nested(depth - 1)] if depth else 0


# Helper threads.


def helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("neuraltypes-archive")]


def test_threads_end_with_the_save(tmp_path: Path) -> None:
    write(tmp_path / "model.nt", content_of(1))
    assert helpers() == []


def test_a_failing_helper_thread_fails_the_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("in a thread")

    write(tmp_path / "model.nt", content_of(1))
    with monkeypatch.context() as patch:
        patch.setattr(_hashing.Hashers, "_sums", fail)
        with pytest.raises(MemoryError, match="in a thread"):
            write(tmp_path / "model.nt", content_of(2))
    assert value_of(tmp_path / "model.nt") == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "model.nt"]
    assert helpers() == []


def test_threads_end_soon_when_the_save_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slices: list[int] = []
    original = os.pwrite

    def slow(self: _sums.Summing, piece: memoryview) -> None:
        slices.append(len(piece))
        time.sleep(0.01)

    def fail(descriptor: int, data: memoryview, position: int) -> int:
        if len(data) < 1 << 20:
            return original(descriptor, data, position)
        time.sleep(0.05)  # the thread has begun with the same tensor
        raise OSError(errno.ENOSPC, "full")

    content = content_of(1, size=1 << 26)  # 64 slices
    with monkeypatch.context() as patch:
        patch.setattr(_sums.Summing, "update", slow)
        patch.setattr("os.pwrite", fail)
        with pytest.raises(OSError, match="full"):
            write(tmp_path / "model.nt", content)
    assert 0 < len(slices) < 32
    assert helpers() == []


@pytest.mark.parametrize("error", [MemoryError("in a thread"), KeyboardInterrupt()])
@pytest.mark.parametrize("place", ["_sums", "submit"])
def test_threads_end_when_a_restore_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, place: str
) -> None:
    """In a helper thread, or in the caller's while they work."""

    def fail(*_: object, **__: object) -> None:
        raise error

    write(tmp_path / "model.nt", content_of(1))
    with monkeypatch.context() as patch:
        patch.setattr(_hashing.Hashers, place, fail)
        with pytest.raises(type(error)):
            load_state(Archive.open(tmp_path / "model.nt"))
    assert helpers() == []
    assert value_of(tmp_path / "model.nt") == 1


def test_a_file_that_becomes_shorter_while_it_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(1, size=100_000))
    archive = Archive.open(path)
    os.truncate(path, 50_000)
    with pytest.raises(TruncatedError, match="became shorter while it was read"):
        load_state(archive, copy=True)


# Other processes.

SAVE = """
import signal, sys, torch
from pathlib import Path
from neuraltypes.archive._state import read_state
from neuraltypes.archive._writer import Content, write

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
value, size = float(sys.argv[2]), int(sys.argv[3])
tensors, aliases = read_state({"w": torch.full((size,), value), "step": torch.tensor(value)})
print("ready", flush=True)
for _ in range(int(sys.argv[4])):
    write(sys.argv[1], Content(tensors, aliases))
"""


def saver(path: Path, value: float, size: int, times: int) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-c", SAVE, str(path), str(value), str(size), str(times)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


FORKED = 3_000_000  # numbers, so that a save takes some tens of milliseconds


@pytest.fixture
def draw() -> random.Random:
    return random.Random(0)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child does nothing but save
def test_a_killed_save_leaves_the_old_or_the_new_archive(tmp_path: Path, draw: random.Random) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(0, FORKED))
    tensors = [content_of(value, FORKED) for value in (1, 2)]
    start = time.monotonic()
    write(path, tensors[0])
    usual = time.monotonic() - start
    seen = set()
    for number in range(KILLS):
        child = os.fork()
        if not child:
            write(path, tensors[number % 2])
            os._exit(0)
        time.sleep(draw.random() * usual * 1.2)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.add(value_of(path))
    assert seen <= {1, 2}
    write(path, content_of(3))
    assert value_of(path) == 3
    assert list(tmp_path.iterdir()) == [path], "leftovers of the killed saves stay"


def test_two_processes_may_save_to_one_path(tmp_path: Path) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(0))
    processes = [saver(path, value, 100_000, 8) for value in (1, 2)]
    seen = set()
    while any(process.poll() is None for process in processes):
        seen.add(value_of(path))
    assert [process.wait() for process in processes] == [0, 0]
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    assert seen <= {0, 1, 2}
    assert list(tmp_path.iterdir()) == [path]


def test_ctrl_c_ends_a_save_cleanly(tmp_path: Path, draw: random.Random) -> None:
    path = tmp_path / "model.nt"
    write(path, content_of(0))
    process = saver(path, 1, 3_000_000, 1000)
    time.sleep(0.2 + draw.random() / 5)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) != 0
    assert process.stdout is not None
    process.stdout.close()
    assert value_of(path) in (0, 1)
    assert list(tmp_path.iterdir()) == [path]


def test_the_files_of_running_saves_are_no_leftovers(tmp_path: Path) -> None:
    path = tmp_path / "model.nt"
    with _atomic.replacing(path, 0) as descriptor:
        os.write(descriptor, b"the slower one")
        write(path, content_of(1))
        assert value_of(path) == 1
    assert path.read_bytes() == b"the slower one"


def test_only_own_leftovers_are_removed(tmp_path: Path) -> None:
    other = [".model.nt.notes", ".model.nt.0123.saving", ".model.nt.saving", ".other.nt.0123456789abcdef.saving"]
    for name in [*other, ".model.nt.0123456789abcdef.saving"]:
        (tmp_path / name).touch()
    write(tmp_path / "model.nt", content_of(1))
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([*other, "model.nt"])


def test_what_was_written_is_read(tmp_path: Path) -> None:
    read_all(small_archive(tmp_path / "small.nt"))
