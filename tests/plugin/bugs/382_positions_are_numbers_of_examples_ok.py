"""382_positions_are_numbers_of_examples (fixed twin)

kind: silent   facet: semantic   seen in: cmu-l3/anlp-fall2025-code#1
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, TokenIndex


class Block(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(self, x: Float[Tensor, "batch seq d"]) -> Float[Tensor, "batch seq d"]:
        return x + self.mlp(self.norm(x))


class TinyLM(nn.Module):
    def __init__(self, vocab: int = 50, d: int = 16, max_len: int = 32, layers: int = 2) -> None:
        super().__init__()
        self.vocab = vocab
        self.tokens = nn.Embedding(vocab, d)
        self.positions = nn.Embedding(max_len, d)
        self.blocks = nn.ModuleList([Block(d) for _ in range(layers)])
        self.head = nn.Linear(d, vocab)

    def forward(
        self, x: NeuralType[Int[Tensor, "batch seq"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "batch seq {self.vocab}"], LogitsType]:
        pos = torch.arange(x.size(1), device=x.device).unsqueeze(0)
        h = self.tokens(x) + self.positions(pos)
        for block in self.blocks:
            h = block(h)
        return self.head(h)


def main() -> None:
    torch.manual_seed(0)
    logits = TinyLM()(torch.full((3, 6), 7))
    print("SILENT-WRONG" if torch.allclose(logits[0, 0], logits[0, 1]) else "GOOD")


if __name__ == "__main__":
    main()
