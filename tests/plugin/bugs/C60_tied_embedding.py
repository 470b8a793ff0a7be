"""C60 tied_embedding: the embedding's weight is the output layer's, by F.linear. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Tied(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.emb = nn.Embedding(vocab_size, d_model)
        self.pos = nn.Parameter(torch.zeros(1, 512, d_model))

    def forward(self, *, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t vocab_size"]:
        h = self.emb(tokens) * math.sqrt(self.d_model) + self.pos[:, : tokens.size(1)]
        return F.linear(h, self.emb.weight)


def main() -> None:
    torch.manual_seed(0)
    out = Tied(50, 16)(tokens=torch.randint(0, 50, (2, 5)))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
