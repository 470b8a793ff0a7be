"""Sequences of digits that espeak-ng speaks, and what is said in them."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from models.data import NeuralDataset
from models.speech.espeak import SAMPLE_RATE, Spoken, read_wav, speak
from models.speech.words import Vocabulary
from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal, LabelsType, LengthsType

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_FULL_SCALE = 2**15


class Utterance(NamedTuple):
    """A sound with values from -1 to 1, and what is said in it: as tokens, and as words."""

    audio: NeuralType[Float[Tensor, "time=n"], AudioSignal(freq=SAMPLE_RATE)]
    tokens: NeuralType[Int[Tensor, "time=s"], LabelsType]
    text: str


class UtteranceBatch(NamedTuple):
    """Sounds and tokens, padded, with their lengths, and the words."""

    audio: NeuralType[Float[Tensor, "batch=b time=n"], AudioSignal(freq=SAMPLE_RATE)]
    audio_length: NeuralType[Int[Tensor, "batch=b"], LengthsType]
    tokens: NeuralType[Int[Tensor, "batch=b time=s"], LabelsType]
    tokens_length: NeuralType[Int[Tensor, "batch=b"], LengthsType]
    text: list[str]


class SpokenDigits(NeuralDataset[Utterance, UtteranceBatch]):
    """Random sequences of digits, each voice equally many of them; the same arguments make the same data.

    Args:
        voices: of espeak-ng, a language and a variant: `en-us+f2`.
        vocabulary: the pieces of text that are tokens.
        utterances: how many each voice speaks.
        digits: the fewest and the most digits of a sequence.
        speed: the slowest and the fastest, in words a minute.
        pitch: the lowest and the highest, from 0 to 99.
        seed: of what is said, how fast and how high.
        cache: the folder for the sounds, by default the user's cache.

    Raises:
        SynthesisError: espeak-ng is not installed, or does not know a voice.
    """

    def __init__(
        self,
        *,
        voices: list[str],
        vocabulary: list[str],
        utterances: int = 10,
        digits: tuple[int, int] = (3, 6),
        speed: tuple[int, int] = (130, 190),
        pitch: tuple[int, int] = (30, 70),
        seed: int = 0,
        cache: str | os.PathLike[str] | None = None,
    ) -> None:
        spoken = list(_recipe(voices, utterances, digits, speed, pitch, random.Random(seed)))  # noqa: S311
        self.vocabulary = Vocabulary(vocabulary)
        self.sounds: list[Tensor] = [read_wav(path) for path in speak(spoken, cache_folder=cache)]
        self.texts = [one.text for one in spoken]

    def __getitem__(self, index: int) -> Utterance:
        text = self.texts[index]
        return Utterance(self.sounds[index] / _FULL_SCALE, torch.tensor(self.vocabulary.encode(text)), text)

    def __len__(self) -> int:
        return len(self.texts)


def _recipe(
    voices: Sequence[str],
    utterances: int,
    digits: tuple[int, int],
    speed: tuple[int, int],
    pitch: tuple[int, int],
    draw: random.Random,
) -> Iterator[Spoken]:
    for voice in voices:
        for _ in range(utterances):
            words = draw.choices(DIGITS, k=draw.randint(*digits))
            yield Spoken(" ".join(words), voice, speed=draw.randint(*speed), pitch=draw.randint(*pitch))
