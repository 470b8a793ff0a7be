"""299 embedding_sizes_swapped

kind: crash   facet: shape   seen in: hyper-parameter mix-up, symbolic sizes "index out of range in self"
ideal static checker: Embedding(d_model, vocab_size) gives last dim vocab_size, Linear expects d_model
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class LanguageModel(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.emb = nn.Embedding(d_model, vocab_size)  # BUG: (vocab_size, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size, bias=False)

    def forward(self, *, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t vocab_size"]:
        return self.head(self.norm(self.emb(tokens)))


def main() -> None:
    torch.manual_seed(0)
    out = LanguageModel(100, 32)(tokens=torch.randint(0, 30, (2, 5)))
    good = out.shape == (2, 5, 100)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
