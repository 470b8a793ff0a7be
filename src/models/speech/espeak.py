"""Speech of espeak-ng, a formant synthesiser: made at first use, and kept in a cache folder.

Source: https://github.com/espeak-ng/espeak-ng (a Debian package of the same name).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import wave
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import torch
from jaxtyping import Int16
from torch import Tensor

PROGRAM = "espeak-ng"
SAMPLE_RATE = 22_050


class SynthesisError(RuntimeError):
    """espeak-ng is not installed, does not know a voice, or failed."""


@dataclass(frozen=True)
class Spoken:
    """What is to be said, and how: `voice` is a language and a variant (`en-us+f2`), `speed` words a minute.

    `pitch` is 0 to 99.
    """

    text: str
    voice: str
    speed: int = 160
    pitch: int = 50


def speak(utterances: Sequence[Spoken], *, cache_folder: str | os.PathLike[str] | None = None) -> list[Path]:
    """WAV files of the utterances, in their order.

    They lie in a folder of the cache that is named by a hash of the utterances and of espeak-ng's version, and that is
    there whole or not at all. The cache is `$NEURALTYPES_CACHE/speech`, `~/.cache/neuraltypes/speech` by default.

    Raises:
        SynthesisError: espeak-ng is not installed, does not know a voice, or failed.
        OSError: the files cannot be written.
    """
    recipe = json.dumps([installed_version(), *map(asdict, utterances)])
    folder = _cache(cache_folder) / hashlib.sha256(recipe.encode()).hexdigest()[:32]
    if not folder.is_dir():
        _make(folder, utterances)
    return [folder / _name(number) for number in range(len(utterances))]


def read_wav(path: str | os.PathLike[str]) -> Int16[Tensor, "samples"]:
    """The samples of a WAV file of one channel, 16 bits and `SAMPLE_RATE`.

    Raises:
        ValueError: the file is of another form.
    """
    with wave.open(os.fspath(path), "rb") as file:
        form = (file.getnchannels(), 8 * file.getsampwidth(), file.getframerate())
        if form != (1, 16, SAMPLE_RATE):
            channels, bits, rate = form
            raise ValueError(f"{path}: {channels} channels, {bits} bits, {rate} Hz; expected 1, 16, {SAMPLE_RATE}")
        return torch.frombuffer(bytearray(file.readframes(file.getnframes())), dtype=torch.int16)


@cache
def installed_version() -> str:
    """The version of espeak-ng.

    Raises:
        SynthesisError: it is not installed.
    """
    words = _run("--version").split("Data at")[0]
    return words.strip()


@cache
def installed_variants() -> frozenset[str]:
    """The names of the variants of voices that espeak-ng has, which itself takes an unknown one for none.

    Raises:
        SynthesisError: it is not installed.
    """
    return frozenset(word.removeprefix("!v/") for word in _run("--voices=variant").split() if word.startswith("!v/"))


def _make(folder: Path, utterances: Sequence[Spoken]) -> None:
    for voice in {utterance.voice for utterance in utterances}:
        _, plus, variant = voice.partition("+")
        if plus and variant not in installed_variants():
            raise SynthesisError(f"{PROGRAM} has no variant {variant!r}, of the voice {voice!r}")
    temporary = folder.with_name(f"{folder.name}.{secrets.token_hex(8)}")
    temporary.mkdir(parents=True, mode=0o700)
    try:
        with ThreadPoolExecutor(max_workers=2) as threads:
            list(threads.map(lambda n: _say(utterances[n], temporary / _name(n)), range(len(utterances))))
        _move(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _say(spoken: Spoken, path: Path) -> None:
    _run("-v", spoken.voice, "-s", str(spoken.speed), "-p", str(spoken.pitch), "-w", str(path), "--", spoken.text)


def _move(temporary: Path, folder: Path) -> None:
    try:
        temporary.rename(folder)
    except OSError:
        if not folder.is_dir():  # another process was faster with the same
            raise


def _run(*arguments: str) -> str:
    program = shutil.which(PROGRAM)
    if program is None:
        raise SynthesisError(
            f"{PROGRAM} is not installed, which speaks the data; on Debian and Ubuntu: apt-get install {PROGRAM}"
        )
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        said = done.stderr.strip() or f"exit status {done.returncode}"
        raise SynthesisError(f"{PROGRAM} {' '.join(arguments)}: {said}")
    return done.stdout


def _name(number: int) -> str:
    return f"{number:05d}.wav"


def _cache(given: str | os.PathLike[str] | None) -> Path:
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "neuraltypes")
    return Path(given or Path(os.environ.get("NEURALTYPES_CACHE") or default) / "speech").absolute()
