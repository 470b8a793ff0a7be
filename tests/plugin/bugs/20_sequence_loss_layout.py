"""sequence_loss_layout

kind: crash   facet: shape   seen in: forum questions: Expected target size
ideal static checker: cross_entropy wants "b classes t", got "b t classes"
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class LanguageModel(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.head = nn.Linear(16, 50)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        logits = self.head(self.embed(tokens[:, :-1]))
        return F.cross_entropy(logits, tokens[:, 1:])  # BUG: classes are the second axis


def main() -> None:
    torch.manual_seed(0)
    out = LanguageModel()(torch.randint(50, (2, 7)))
    print("GOOD" if out.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
