"""C100 halves_and_integers: dtypes that change on purpose: masks to the sums' precision, labels to floats, scores raised to float32 and back. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Float16, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ClassificationTarget, LabelsType, LogitsType, LossType, ValidMaskType


class WordsOfPieces(NeuralModule):
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
        sums = pieces.new_zeros(b, self.max_words, d)
        sums = sums.scatter_add(1, word_ids[..., None].expand(-1, -1, d), pieces * keep[..., None])
        counts = pieces.new_zeros(b, self.max_words).scatter_add(1, word_ids, keep.to(pieces))
        return sums / counts.clamp(min=1)[..., None]


class HalfAttention(NeuralModule):
    """The softmax is done in float32."""

    def forward(
        self, *, q: Float16[Tensor, "b h t d"], k: Float16[Tensor, "b h s d"], v: Float16[Tensor, "b h s d"]
    ) -> Float16[Tensor, "b h t d"]:
        scores = (q @ k.transpose(-2, -1)).float() * q.size(-1) ** -0.5
        weights = F.softmax(scores, dim=-1, dtype=torch.float32).type_as(q)
        return weights @ v


class TwoTasks(NeuralModule):
    def __init__(self, *, d: int, classes: int, tags: int) -> None:
        super().__init__()
        self.classes, self.tags = nn.Linear(d, classes), nn.Linear(d, tags)

    def forward(
        self,
        *,
        x: Float[Tensor, "batch d"],
        label: NeuralType[Int[Tensor, "batch"], ClassificationTarget],
        tagged: NeuralType[Int[Tensor, "batch tags"], LabelsType],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        first = F.cross_entropy(self.classes(x), label)
        second = F.binary_cross_entropy_with_logits(self.tags(x), tagged.to(x.dtype))
        return first + second


def sentence_vectors(
    hidden: Float[Tensor, "batch time d"], attention_mask: NeuralType[Int[Tensor, "batch time"], ValidMaskType]
) -> Float[Tensor, "batch d"]:
    mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)


def last_token(
    hidden: Float[Tensor, "batch time d"], attention_mask: NeuralType[Int[Tensor, "batch time"], ValidMaskType]
) -> Float[Tensor, "batch d"]:
    last = attention_mask.sum(dim=1) - 1
    return hidden[torch.arange(hidden.size(0)), last]


def accuracy(
    logits: NeuralType[Float[Tensor, "batch"], LogitsType], y: NeuralType[Int[Tensor, "batch"], LabelsType]
) -> float:
    return float(((logits > 0).long() == y).float().mean())


def per_token(
    logits: NeuralType[Float[Tensor, "batch time vocab"], LogitsType],
    target: NeuralType[Int[Tensor, "batch time"], LabelsType],
    attention_mask: NeuralType[Int[Tensor, "batch time"], ValidMaskType],
) -> NeuralType[Float[Tensor, ""], LossType]:
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    return (losses * attention_mask).sum() / attention_mask.sum()


def main() -> None:
    torch.manual_seed(0)
    ids, mask = torch.tensor([[0, 0, 1], [0, 1, 2]]), torch.tensor([[1, 1, 0], [1, 1, 1]])
    hidden = torch.randn(2, 3, 4)
    words = WordsOfPieces(max_words=3)(pieces=hidden.half(), word_ids=ids, keep=mask.bool())
    q = hidden.half().unsqueeze(1)
    print("GOOD", words.dtype, HalfAttention()(q=q, k=q, v=q).dtype)
    loss = TwoTasks(d=4, classes=3, tags=2)(x=hidden[:, 0], label=ids[:, 1], tagged=mask[:, :2])
    print(loss.ndim, tuple(sentence_vectors(hidden, mask).shape), tuple(last_token(hidden, mask).shape))
    print(accuracy(hidden[0, 0], torch.tensor([0, 1, 1, 0])), per_token(hidden, ids, mask).ndim)


if __name__ == "__main__":
    main()
