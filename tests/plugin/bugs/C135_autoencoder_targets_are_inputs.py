"""C135 autoencoder_targets_are_inputs: a masked language model scores the tokens themselves, unshifted, at masked places. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class MLM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(101, 64)
        layer = nn.TransformerEncoderLayer(64, 4, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(64, 101)

    def forward(self, *, ids: Int[Tensor, "b t"], hide: Bool[Tensor, "b t"]) -> Float[Tensor, ""]:
        h = self.enc(self.emb(ids.masked_fill(hide, 100)))
        labels = ids.masked_fill(~hide, -100)
        return F.cross_entropy(self.head(h).flatten(0, 1), labels.flatten(), ignore_index=-100)


def main() -> None:
    torch.manual_seed(0)
    out = MLM()(ids=torch.randint(0, 100, (2, 6)), hide=torch.tensor([[True] * 3 + [False] * 3] * 2))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
