"""Real text that ships with Python, the topics of `pydoc`, as tokens: split, byte pairs, random windows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from pydoc_data.topics import topics
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

from models.data import NeuralDataset
from neuraltypes import NeuralType
from neuraltypes.elements import TokenIndex

_SEPARATOR = "\n\n"

Tokens = NeuralType[Int[Tensor, "n"], TokenIndex]


@dataclass(frozen=True)
class Split:
    """Two disjoint texts: no eight words in a row of `held_out` occur in a paragraph of `train`."""

    train: str
    held_out: str


def split_topics(*, held_out_fraction: float = 0.1) -> Split:
    """Whole topics from the end of the alphabet, until they make the fraction, are held out.

    Paragraphs that stand in several topics are kept once; a training paragraph that shares eight words in a row with
    the held-out text is dropped.
    """
    remaining = _unique_topics()
    budget = held_out_fraction * sum(len(block) for topic in remaining for block in topic)
    held: list[str] = []
    while sum(map(len, held)) < budget:
        held = remaining.pop() + held
    held_out = _SEPARATOR.join(held)
    secret = _shingles(held_out)
    train = [block for block in chain.from_iterable(remaining) if secret.isdisjoint(_shingles(block))]
    return Split(_SEPARATOR.join(train), held_out)


def _unique_topics() -> list[list[str]]:
    seen: set[str] = set()
    kept: list[list[str]] = []
    for name in sorted(topics):
        fresh = {" ".join(block.split()): block for block in _paragraphs(topics[name])}
        kept.append([block for key, block in fresh.items() if key not in seen])
        seen.update(fresh)
    return kept


def _paragraphs(text: str) -> list[str]:
    return [block for block in re.split(r"\n[ \t]*\n", text.strip("\n")) if block.strip()]


def _shingles(text: str, n_words: int = 8) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + n_words]) for i in range(len(words) - n_words + 1)}


def train_tokenizer(text: str, *, vocab_size: int) -> Tokenizer:
    """Byte-level byte pairs learned on `text`; decoding gives back the very bytes.

    Source: Sennrich et al. 2016, arXiv:1508.07909.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def encode(tokenizer: Tokenizer, text: str) -> Tokens:
    """The tokens of `text` after one newline, which is the context of the first."""
    return torch.tensor(tokenizer.encode("\n").ids + tokenizer.encode(text).ids)


def resegment(tokenizer: Tokenizer, text: str, *, dropout: float, copies: int) -> Tokens:
    """`copies` random segmentations of `text`, in each of which merges are skipped with probability `dropout`.

    The library draws from a generator of its own, which cannot be seeded: two calls differ.
    Source: Provilkov et al. 2020, arXiv:1910.13267.
    """
    tokenizer.model.dropout = dropout
    try:
        return torch.cat([encode(tokenizer, text) for _ in range(copies)])
    finally:
        tokenizer.model.dropout = None


class Window(NamedTuple):
    """Tokens, and after each the one that follows it."""

    tokens: NeuralType[Int[Tensor, "time=t"], TokenIndex]
    targets: NeuralType[Int[Tensor, "time=t"], TokenIndex]


class WindowBatch(NamedTuple):
    """Windows of one size."""

    tokens: NeuralType[Int[Tensor, "batch=b time=t"], TokenIndex]
    targets: NeuralType[Int[Tensor, "batch=b time=t"], TokenIndex]


class ScoredWindow(NamedTuple):
    """A window of which the targets past `skip` are scored; their share of the text's bytes is `n_bytes`."""

    tokens: NeuralType[Int[Tensor, "time=t"], TokenIndex]
    targets: NeuralType[Int[Tensor, "time=t"], TokenIndex]
    skip: int
    n_bytes: float


class ScoredWindowBatch(NamedTuple):
    """Windows of one size, and which of their targets are scored."""

    tokens: NeuralType[Int[Tensor, "batch=b time=t"], TokenIndex]
    targets: NeuralType[Int[Tensor, "batch=b time=t"], TokenIndex]
    skip: Int[Tensor, "batch=b"]
    n_bytes: Float[Tensor, "batch=b"]


class RandomWindows(NeuralDataset[Window, WindowBatch]):
    """`n_windows` windows of `context` tokens at random offsets, each with the tokens that follow."""

    def __init__(self, tokens: Tokens, *, context: int, n_windows: int) -> None:
        self.tokens = tokens
        self.context = context
        self.n_windows = n_windows

    def __len__(self) -> int:
        return self.n_windows

    def __getitem__(self, index: int) -> Window:
        start = int(torch.randint(len(self.tokens) - self.context, ()))
        window = self.tokens[start : start + self.context + 1]
        return Window(window[:-1], window[1:])


class HeldOutWindows(NeuralDataset[ScoredWindow, ScoredWindowBatch]):
    """Windows half a context apart, in which every target past `skip` is scored once.

    `n_bytes` is how long the text is that the tokens stand for; without it each target is one byte.
    """

    def __init__(self, tokens: Tokens, *, context: int, n_bytes: int | None = None) -> None:
        last = max(len(tokens) - 1 - context, 0)
        starts = [*range(0, last, max(context // 2, 1)), last]
        scored = [0, *(start + context for start in starts[:-1])]
        self.windows = [tokens[start : start + context + 1] for start in starts]
        self.skips = [past - start for past, start in zip(scored, starts, strict=True)]
        self.bytes_per_target = 1.0 if n_bytes is None else n_bytes / (len(tokens) - 1)

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, index: int) -> ScoredWindow:
        window, skip = self.windows[index], self.skips[index]
        return ScoredWindow(window[:-1], window[1:], skip, (len(window) - 1 - skip) * self.bytes_per_target)
