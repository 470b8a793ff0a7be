"""423 shifted_logits_full_labels

kind: crash   facet: shape   seen in: forum: "Expected input batch_size (18) to match target batch_size (20)"
ideal static checker: cross_entropy: b*(t-1) rows of logits, b*t labels
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class LM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 100)

    def forward(self, *, h: Float[Tensor, "b t 64"], ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        logits = self.head(h)[:, :-1]
        return F.cross_entropy(logits.reshape(-1, 100), ids.reshape(-1))  # BUG: ids[:, 1:]


def main() -> None:
    torch.manual_seed(0)
    loss = LM()(h=torch.randn(2, 10, 64), ids=torch.randint(0, 100, (2, 10)))
    good = loss.shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
