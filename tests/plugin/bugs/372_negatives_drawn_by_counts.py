"""372 negatives_drawn_by_counts

kind: crash   facet: dtype   seen in: word2vec exercises: "multinomial only supports floating-point dtypes for input, got: Long"
ideal static checker: multinomial takes weights of floats, got whole numbers
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class SkipGram(nn.Module):
    def __init__(self, vocab: int, dim: int, negatives: int = 5) -> None:
        super().__init__()
        self.inner = nn.Embedding(vocab, dim)
        self.outer = nn.Embedding(vocab, dim)
        self.negatives = negatives

    def forward(
        self, center: Int[Tensor, "b"], context: Int[Tensor, "b"], counts: Int[Tensor, "vocab"]
    ) -> Float[Tensor, ""]:
        b = center.size(0)
        weights = counts  # BUG: of floats
        drawn = torch.multinomial(weights, b * self.negatives, replacement=True).view(b, self.negatives)
        v = self.inner(center)
        positive = F.logsigmoid((v * self.outer(context)).sum(dim=-1))
        negative = F.logsigmoid(-(self.outer(drawn) @ v.unsqueeze(-1)).squeeze(-1)).sum(dim=-1)
        return -(positive + negative).mean()


def main() -> None:
    torch.manual_seed(0)
    loss = SkipGram(20, 8)(torch.randint(20, (4,)), torch.randint(20, (4,)), torch.randint(1, 9, (20,)))
    print("GOOD" if loss.shape == () else "SILENT-WRONG")


if __name__ == "__main__":
    main()
