"""315 language_model_softmax_before_loss

kind: silent   facet: semantic   seen in: bkitano/llama-from-scratch#5, Transformer-GCN-QA#32
ideal static checker: cross_entropy expects Logits, got Probs
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Model(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.linear = nn.Sequential(
            nn.Linear(d_model, d_model),
            nn.ReLU(),
            nn.Linear(d_model, vocab_size),
        )

    def forward(self, *, idx: Int[Tensor, "b t"], targets: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        a = self.linear(self.embedding(idx))
        logits = F.softmax(a, dim=-1)  # BUG: cross_entropy applies log_softmax itself
        return F.cross_entropy(logits.view(-1, self.vocab_size), targets.view(-1))


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Model(20, 8), torch.randint(0, 20, (2, 5)), torch.randint(0, 20, (2, 5))
    right = F.cross_entropy(m.linear(m.embedding(x)).transpose(1, 2), y)
    good = bool(torch.allclose(m(idx=x, targets=y), right))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
