"""C54 tokens_flattened_for_the_loss: time goes into the batch for the loss. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.head = nn.Linear(64, vocab_size)

    def forward(self, *, h: Float[Tensor, "batch time 64"], y: Int[Tensor, "batch time"]) -> Float[Tensor, ""]:
        logits = self.head(h)[:, :-1]
        targets = y[:, 1:]
        return F.cross_entropy(logits.reshape(-1, logits.size(-1)), targets.reshape(-1), ignore_index=-100)


def main() -> None:
    torch.manual_seed(0)
    out = Loss(50)(h=torch.randn(2, 5, 64), y=torch.randint(0, 50, (2, 5)))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
