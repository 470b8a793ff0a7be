"""Whatever happens to the bytes of an archive is found."""

import itertools
import json
import os
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from neuraltypes.archive import Archive, ArchiveError, NotAnArchiveError, TruncatedError
from tests.archive import fuzz
from tests.archive._build import container, parts, read_all, reassembled, small_archive

# `NEURALTYPES_MUTATIONS=10000 pytest tests/archive/test_damage.py -k mutations` takes about half a minute.
MUTATIONS = int(os.environ.get("NEURALTYPES_MUTATIONS", "1500"))
SLOWEST, LARGEST = 0.25, 16 << 20  # seconds of CPU time, 0.1 on a machine that does nothing else; bytes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_archive(tmp_path / "small.nt")


def test_the_archive_is_read_before_it_is_damaged(path: Path) -> None:
    read_all(path)


def test_every_flipped_bit_is_found(path: Path) -> None:
    data = path.read_bytes()
    missed = []
    with path.open("r+b", buffering=0) as file:
        for position, bit in itertools.product(range(len(data)), range(8)):
            _put(file.fileno(), position, data[position] ^ 1 << bit)
            if not _is_refused(path):
                missed.append((position, bit))
            _put(file.fileno(), position, data[position])
    assert missed == []
    read_all(path)


def test_every_truncation_is_found(path: Path) -> None:
    for size in range(path.stat().st_size - 1, -1, -1):
        os.truncate(path, size)
        with pytest.raises(TruncatedError if size else NotAnArchiveError):
            Archive.open(path)


def test_what_is_appended_or_prepended_is_found(path: Path) -> None:
    data = path.read_bytes()
    for changed in (data + b"\0", data + data, b"\0" + data, b"#!/bin/sh\n" + data, data + b"PK\5\6" + bytes(18)):
        path.write_bytes(changed)
        assert _is_refused(path)


def test_mutations_raise_nothing_but_archive_errors(path: Path) -> None:
    original = path.read_bytes()
    makers = _mutations(random.Random(0), original, parts(path))
    slowest = 0.0
    for number, mutated in enumerate(itertools.islice(makers, MUTATIONS)):
        path.write_bytes(mutated)
        start = time.thread_time()
        error = _error_of(path)
        # Every other one is written anew around what was changed, and may be an archive.
        assert error is not None or mutated == original or number % 2
        assert error is None or str(error).startswith(f"{path}: ")
        slowest = max(slowest, time.thread_time() - start)
    assert slowest < SLOWEST


def test_refusing_takes_little_memory(path: Path) -> None:
    makers = _mutations(random.Random(1), path.read_bytes(), parts(path))
    tracemalloc.start()
    try:
        for mutated in itertools.islice(makers, 100):
            path.write_bytes(mutated)
            tracemalloc.reset_peak()
            _is_refused(path)
            assert tracemalloc.get_traced_memory()[1] < LARGEST
    finally:
        tracemalloc.stop()


def test_the_target_of_the_fuzzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it reads archives, and says so where something else than an archive's error comes of an input."""
    monkeypatch.setattr(fuzz, "SLOWEST", 10.0)
    target = fuzz.Target(tmp_path)
    draw = random.Random(2)
    for seed in target.seeds():
        target(seed)
        read_all(tmp_path / "input.nt")
        for _ in range(5):
            target(seed[:1] + _mutate(draw, seed[1:]))
    monkeypatch.setattr(Archive, "verify", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        target(target.seeds()[0])


def _put(descriptor: int, position: int, value: int) -> None:
    os.pwrite(descriptor, bytes([value]), position)


def _is_refused(path: Path) -> bool:
    return _error_of(path) is not None


def _error_of(path: Path) -> ArchiveError | None:
    try:
        read_all(path)
    except ArchiveError as error:
        return error
    return None


def _mutations(draw: random.Random, data: bytes, found: dict[str, bytes]) -> Iterator[bytes]:
    """In turn: changes of the bytes, and of one member in a container that is written anew around it."""
    while True:
        yield _mutate(draw, data)
        name = draw.choice([name for name in found if name.endswith((".json", ".safetensors"))])
        changed = dict(found) | {name: draw.choice((_mutate, _mutate_json))(draw, found[name])}
        digests = name != "manifest.json" and draw.random() < 0.8
        yield reassembled(changed) if digests else container(list(changed.items()))


def _mutate(draw: random.Random, data: bytes) -> bytes:
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        start = draw.randrange(len(data) + 1)
        end = min(len(data), start + draw.choice((0, 1, 2, 4, 8, 100)))
        data = draw.choice(_CHANGES)(draw, data, start, end)
    return data


_CHANGES: tuple[Callable[[random.Random, bytes, int, int], bytes], ...] = (
    lambda draw, data, start, end: data[:start] + draw.randbytes(end - start) + data[end:],
    lambda draw, data, start, end: data[:start] + draw.choice((b"\0", b"\xff")) * (end - start) + data[end:],
    lambda draw, data, start, end: data[:start] + data[end:],
    lambda draw, data, start, end: data[:end] + data[start:],
    lambda draw, data, start, end: data[:start] + draw.randbytes(draw.randrange(1, 9)) + data[start:],
    lambda draw, data, start, end: data[:start] + data[end:] + data[start:end],
)


def _mutate_json(draw: random.Random, data: bytes) -> bytes:
    """Replace a value anywhere in the JSON; what is no JSON is changed as bytes are."""
    try:
        head, text = (data[:8], data[8:]) if data[:1] != b"{" and data[8:9] == b"{" else (b"", data)
        value, end = json.JSONDecoder().raw_decode(text.decode(errors="replace"))
    except ValueError:
        return _mutate(draw, data)
    value = _replaced(draw, value)
    changed = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    if not head:
        return changed
    changed += b" " * (-len(changed) % 8)
    return len(changed).to_bytes(8, "little") + changed + text[end:].lstrip(b" ")


def _replaced(draw: random.Random, value: object) -> object:
    if isinstance(value, dict) and value and draw.random() < 0.8:
        key = draw.choice(list(value))
        action = draw.random()
        if action < 0.1:
            return {k: v for k, v in value.items() if k != key}
        if action < 0.2:
            return value | {draw.choice(("", "x", "../x", "__metadata__", key + "x")): value[key]}
        return value | {key: _replaced(draw, value[key])}
    if isinstance(value, list) and value and draw.random() < 0.7:
        number = draw.randrange(len(value))
        return [*value[:number], _replaced(draw, value[number]), *value[number + 1 :]]
    odd: list[object] = [None, True, -1, 0, 1 << 62, 1 << 70, 1e308, "", "F32", "x" * 300, [], {}, [[]], {"a": 1}]
    return draw.choice(odd)
