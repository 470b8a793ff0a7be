"""norms_for_normalized_embeddings (fixed twin)

kind: crash   facet: shape   seen in: davidberenstein1957/fast-sentence-transformers#3
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class SentenceEncoder(nn.Module):
    def __init__(self, vocab: int, d: int) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag(vocab, d)

    def encode(self, tokens: Int[Tensor, "b t"], normalize: bool = True) -> Float[Tensor, "b d"]:
        embeddings = self.bag(tokens)
        if normalize:
            embeddings = embeddings / torch.linalg.norm(embeddings, ord=2, dim=1, keepdim=True)
        return embeddings


def main() -> None:
    torch.manual_seed(0)
    out = SentenceEncoder(10, 8).encode(torch.randint(0, 10, (3, 4)))
    print("GOOD" if out.shape == (3, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
