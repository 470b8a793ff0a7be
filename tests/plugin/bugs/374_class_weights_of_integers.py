"""374 class_weights_of_integers

kind: crash   facet: dtype   seen in: "expected scalar type Float but found Long" of weighted cross entropy
ideal static checker: weight= must be of the logits' dtype, got whole numbers
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class WeightedLoss(nn.Module):
    def __init__(self, d: int, classes: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, classes)

    def forward(
        self, x: Float[Tensor, "b d"], y: Int[Tensor, "b"], counts: Int[Tensor, "classes"]
    ) -> Float[Tensor, ""]:
        logits = self.fc(x)
        most = counts.max()
        weight = most // counts.clamp(min=1)  # BUG: a whole division
        return F.cross_entropy(logits, y, weight=weight, label_smoothing=0.1)


def main() -> None:
    torch.manual_seed(0)
    loss = WeightedLoss(4, 3)(torch.randn(8, 4), torch.randint(3, (8,)), torch.tensor([9, 5, 2]))
    print("GOOD" if loss.shape == () else "SILENT-WRONG")


if __name__ == "__main__":
    main()
