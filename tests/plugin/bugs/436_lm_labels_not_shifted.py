"""436 lm_labels_not_shifted

kind: silent   facet: semantic   seen in: huggingface/transformers pull 404, #3711
ideal static checker: the logits of position i are scored against the token i they were computed from
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class LM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(100, 64)
        self.rnn = nn.GRU(64, 64, batch_first=True)
        self.head = nn.Linear(64, 100)

    def forward(self, *, input_ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.emb(input_ids))
        logits = self.head(h)
        return F.cross_entropy(logits.reshape(-1, 100), input_ids.reshape(-1))  # BUG: not shifted


def main() -> None:
    torch.manual_seed(0)
    m, ids = LM(), torch.randint(0, 100, (2, 8))
    logits = m.head(m.rnn(m.emb(ids))[0])
    ref = F.cross_entropy(logits[:, :-1].reshape(-1, 100), ids[:, 1:].reshape(-1))
    good = bool(torch.allclose(m(input_ids=ids), ref))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
