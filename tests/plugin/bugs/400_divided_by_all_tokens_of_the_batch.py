"""400_divided_by_all_tokens_of_the_batch

kind: silent   facet: semantic   seen in: SeanLee97/AnglE#102
ideal static checker: the mask is summed over the batch, too: each sentence has its own length
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EmbeddedTextType, TokenIndex, ValidMaskType


class SentenceEncoder(NeuralModule):
    def __init__(self, *, vocab: int, d: int) -> None:
        super().__init__()
        self.d = d
        self.embed = nn.Embedding(vocab, d, padding_idx=0)
        self.mixer = nn.Sequential(nn.Linear(d, d), nn.Tanh())

    def forward(
        self,
        *,
        input_ids: NeuralType[Int[Tensor, "batch time"], TokenIndex],
        attention_mask: NeuralType[Int[Tensor, "batch time"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "batch {self.d}"], EmbeddedTextType]:
        hidden = self.mixer(self.embed(input_ids))
        summed = torch.sum(hidden * attention_mask.unsqueeze(-1), dim=1)
        return summed / torch.sum(attention_mask)  # BUG: dim=1 is missing


def similarity(a: Float[Tensor, "batch d"], b: Float[Tensor, "batch d"]) -> Float[Tensor, "batch"]:
    return F.cosine_similarity(a, b, dim=-1)


def main() -> None:
    torch.manual_seed(0)
    encoder, ids = SentenceEncoder(vocab=9, d=4), torch.randint(1, 9, (3, 5))
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 0, 0]])
    whole, alone = encoder(input_ids=ids, attention_mask=mask), encoder(input_ids=ids[:1], attention_mask=mask[:1])
    print("GOOD" if torch.allclose(whole[:1], alone) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
