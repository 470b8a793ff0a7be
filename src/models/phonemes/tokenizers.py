"""Words as indices of letters, and indices as phonemes of the ARPABET, in which the CMU dictionary is written."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import TokenIndex, ValidMaskType

PADDING, START, END = 0, 1, 2
_N_MARKS = 3
_WITHOUT_STRESS = str.maketrans("", "", "012")

ALPHABET = "'abcdefghijklmnopqrstuvwxyz"
VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (
    *("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N"),
    *("NG", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y", "Z", "ZH"),
)


N_LETTERS = _N_MARKS + len(ALPHABET)
N_PHONEMES = _N_MARKS + len(VOWELS) + len(CONSONANTS)


class LetterIndex(TokenIndex):
    """Indices of letters."""

    padding = PADDING


class PhonemeIndex(TokenIndex):
    """Indices of phonemes."""

    padding = PADDING


class LetterBatch(NamedTuple):
    """Words of different lengths; the mask is True where there is a letter."""

    letters: NeuralType[Int[Tensor, "batch=b time=t"], LetterIndex]
    letters_mask: NeuralType[Bool[Tensor, "batch=b time=t"], ValidMaskType]


class Tokenizer(NeuralModule):
    """Symbols as indices: those of padding, start and end come first, then `symbols` in their order.

    Raises:
        ValueError: a symbol stands there twice.
    """

    def __init__(self, *, symbols: Iterable[str]) -> None:
        super().__init__()
        self.symbols = tuple(symbols)
        self.index = {symbol: number for number, symbol in enumerate(self.symbols, _N_MARKS)}
        self.size = _N_MARKS + len(self.symbols)
        if len(self.index) < len(self.symbols):
            raise ValueError(f"{type(self).__name__}: a symbol stands twice in {' '.join(self.symbols)}")

    @abstractmethod
    def normalised(self, text: str) -> str:
        """A text in the form in which its symbols are known."""

    def encode(self, text: Iterable[str]) -> list[int]:
        """The indices of the symbols of a text, without start and end.

        Raises:
            ValueError: a symbol is not known.
        """
        symbols = list(text)
        if unknown := [symbol for symbol in symbols if symbol not in self.index]:
            raise ValueError(f"{type(self).__name__}: {unknown[0]!r} is none of {' '.join(self.symbols)}")
        return [self.index[symbol] for symbol in symbols]


class LetterTokenizer(Tokenizer):
    """Words as indices of their letters, in lower case."""

    def __init__(self, *, alphabet: str = ALPHABET) -> None:
        super().__init__(symbols=alphabet)

    def normalised(self, text: str) -> str:
        return text.lower()

    def forward(self, *, words: list[str]) -> LetterBatch:
        encoded = [torch.tensor(self.encode(self.normalised(word)), dtype=torch.int64) for word in words]
        if not all(map(len, encoded)):
            raise ValueError("LetterTokenizer: a word is empty, expected at least one letter")
        letters = torch.nn.utils.rnn.pad_sequence(encoded, batch_first=True, padding_value=PADDING)
        return LetterBatch(letters, letters != PADDING)


class PhonemeTokenizer(Tokenizer):
    """Indices as phonemes; with `stress` a vowel ends with 0, 1 or 2, as in the dictionary (`AH0`)."""

    def __init__(self, *, stress: bool = False) -> None:
        vowels = [vowel + number for vowel in VOWELS for number in ("012" if stress else ("",))]
        super().__init__(symbols=[*vowels, *CONSONANTS])
        self.stress = stress

    def normalised(self, text: str) -> str:
        return text if self.stress else text.translate(_WITHOUT_STRESS)

    def forward(self, *, tokens: NeuralType[Int[Tensor, "batch=b time=n"], PhonemeIndex]) -> list[list[str]]:
        """The phonemes before the first end; the other marks are left out."""
        return [self._decode(row) for row in tokens.tolist()]

    def _decode(self, tokens: list[int]) -> list[str]:
        kept = tokens[: tokens.index(END)] if END in tokens else tokens
        return [self.symbols[token - _N_MARKS] for token in kept if token >= _N_MARKS]
