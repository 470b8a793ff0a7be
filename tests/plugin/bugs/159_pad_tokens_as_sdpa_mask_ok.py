"""pad_tokens_as_sdpa_mask

kind: silent   facet: mask   seen in: InseeFrLab/torchTextClassifiers#92
ideal static checker: True takes part in scaled_dot_product_attention; here the padding does
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class LabelAttention(nn.Module):
    def __init__(self, vocabulary: int, width: int, pad_id: int) -> None:
        super().__init__()
        self.pad_id = pad_id
        self.embedding = nn.Embedding(vocabulary, width)

    def forward(self, tokens: Int[Tensor, "b t"], labels: Float[Tensor, "b n width"]) -> Float[Tensor, "b n width"]:
        words = self.embedding(tokens)
        mask = (tokens != self.pad_id).unsqueeze(1)
        return F.scaled_dot_product_attention(labels, words, words, attn_mask=mask)


def main() -> None:
    torch.manual_seed(0)

    m, labels = LabelAttention(9, 8, 0), torch.randn(1, 2, 8)
    one = m(torch.tensor([[3, 4, 0]]), labels)
    two = m(torch.tensor([[3, 4, 0, 0]]), labels)
    good = bool(torch.allclose(one, two, atol=1e-5)) and not bool(
        torch.allclose(one[0, 0], m.embedding.weight[0], atol=1e-5)
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
