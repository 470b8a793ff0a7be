"""label_attention_mask

kind: silent   facet: mask   seen in: InseeFrLab/torchTextClassifiers#92
ideal static checker: scaled_dot_product_attention: True = keep, got tokens == pad
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class LabelAttention(nn.Module):
    def __init__(self, d: int, labels: int) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.randn(labels, d))

    def forward(self, x: Float[Tensor, "b t d"], attn_mask: Bool[Tensor, "b 1 t"]) -> Float[Tensor, "b labels d"]:
        queries = self.queries.expand(x.shape[0], -1, -1)
        return F.scaled_dot_product_attention(queries, x, x, attn_mask=attn_mask)


class TextClassifier(nn.Module):
    def __init__(self, vocab: int, d: int, labels: int, pad: int = 0) -> None:
        super().__init__()
        self.pad = pad
        self.embed = nn.Embedding(vocab, d)
        self.attention = LabelAttention(d, labels)
        self.head = nn.Linear(d, 1)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b labels"]:
        padding = (tokens == self.pad).unsqueeze(1)  # BUG: sdpa keeps what is True
        return self.head(self.attention(self.embed(tokens), padding)).squeeze(-1)


def main() -> None:
    torch.manual_seed(0)
    m = TextClassifier(10, 8, 3)
    short, long = torch.tensor([[1, 2, 3]]), torch.tensor([[1, 2, 3, 0, 0]])
    print("GOOD" if torch.allclose(m(short), m(long), atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
