"""399_mask_of_single_precision_into_halves (fixed twin)

kind: crash   facet: dtype   seen in: flairNLP/flair#3651
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float16, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule


class WordsOfPieces(NeuralModule):
    """The mean of the pieces of each word, in half precision."""

    def __init__(self, *, max_words: int) -> None:
        super().__init__()
        self.max_words = max_words

    def forward(
        self,
        *,
        pieces: Float16[Tensor, "batch pieces d"],
        word_ids: Int[Tensor, "batch pieces"],
        keep: Bool[Tensor, "batch pieces"],
    ) -> Float16[Tensor, "batch {self.max_words} d"]:
        b, _, d = pieces.shape
        masked = pieces * keep.unsqueeze(-1).to(pieces.dtype)
        sums = torch.zeros(b, self.max_words, d, dtype=pieces.dtype)
        sums = sums.scatter_add(1, word_ids.unsqueeze(-1).expand(-1, -1, d), masked)
        counts = torch.zeros(b, self.max_words, dtype=pieces.dtype)
        counts = counts.scatter_add(1, word_ids, keep.to(pieces.dtype))
        return sums / counts.clamp(min=1).unsqueeze(-1)


def main() -> None:
    torch.manual_seed(0)
    pieces = torch.randn(2, 4, 3).half()
    ids = torch.tensor([[0, 0, 1, 1], [0, 1, 2, 2]])
    out = WordsOfPieces(max_words=3)(pieces=pieces, word_ids=ids, keep=torch.ones(2, 4, dtype=torch.bool))
    print("GOOD" if out.shape == (2, 3, 3) and out.dtype == torch.float16 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
