"""Text as tokens and back, and how many words of a text are wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Vocabulary:
    """Pieces of text, each with a number, of which texts are put together: letters and a space, or whole words.

    A text is read with a space before it, so that the piece of a word may begin with one: `" seven"`.

    Raises:
        ValueError: a piece is empty or there twice.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        if len(set(pieces)) < len(pieces) or "" in pieces:
            raise ValueError(f"Vocabulary: a piece is empty or there twice: {list(pieces)}")
        self.pieces = tuple(pieces)
        self._number = {piece: number for number, piece in enumerate(pieces)}
        self._lengths = sorted({len(piece) for piece in pieces}, reverse=True)

    def __len__(self) -> int:
        return len(self.pieces)

    def encode(self, text: str) -> list[int]:
        """The numbers of the pieces of `text`, each the longest that fits from left to right.

        Raises:
            ValueError: no piece fits.
        """
        text = f" {text}"
        found, place = [], 0
        while place < len(text):
            fitting = (text[place : place + length] for length in self._lengths)
            piece = next((piece for piece in fitting if piece in self._number), None)
            if piece is None:
                raise ValueError(f"Vocabulary: no piece for {text[place:]!r} in {text!r}")
            found.append(self._number[piece])
            place += len(piece)
        return found

    def decode(self, tokens: Iterable[int]) -> str:
        """The text that the pieces of these numbers make, with one space between words."""
        return " ".join("".join(self.pieces[token] for token in tokens).split())


def word_errors(*, reference: str, hypothesis: str) -> int:
    """The fewest words to replace, leave out or put in until the hypothesis is the reference.

    Over the number of words in the references that is the word error rate. Source: Levenshtein 1966.
    """
    wanted, got = reference.split(), hypothesis.split()
    costs = list(range(len(got) + 1))
    for row, word in enumerate(wanted, 1):
        diagonal, costs[0] = costs[0], row
        for column, other in enumerate(got, 1):
            replaced = diagonal + (word != other)
            diagonal = costs[column]
            costs[column] = min(replaced, diagonal + 1, costs[column - 1] + 1)
    return costs[-1]
