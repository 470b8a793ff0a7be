"""weight_tying_of_wrong_axis (fixed twin)

kind: crash   facet: shape   seen in: tied embeddings by hand
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Lm(nn.Module):
    def __init__(self, vocab: int, d: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab, d)

    def forward(self, *, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t vocab"]:
        h = torch.tanh(self.embed(tokens))
        return h @ self.embed.weight.T


def main() -> None:
    torch.manual_seed(0)
    good = Lm(50, 8)(tokens=torch.zeros(2, 3, dtype=torch.long)).shape == (2, 3, 50)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
