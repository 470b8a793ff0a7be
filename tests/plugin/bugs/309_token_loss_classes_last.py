"""309 token_loss_classes_last

kind: crash   facet: axis   seen in: forum "Expected target size [2, 100], got [2, 7]"
ideal static checker: cross_entropy reads axis 1 as the classes: "batch time vocab" has time there
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 100)
        self.criterion = nn.CrossEntropyLoss(ignore_index=0)

    def forward(self, *, hidden: Float[Tensor, "batch time 64"], y: Int[Tensor, "batch time"]) -> Float[Tensor, ""]:
        logits = self.head(hidden)
        return self.criterion(logits, y)  # BUG: the classes belong on axis 1


def main() -> None:
    torch.manual_seed(0)
    loss = Loss()(hidden=torch.randn(2, 7, 64), y=torch.randint(0, 100, (2, 7)))
    good = loss.shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
