"""bce_logits_bool_target

kind: crash   facet: dtype   seen in: multi-label targets as bools
ideal static checker: the target must be floating
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 5)
        self.criterion = nn.BCEWithLogitsLoss()

    def forward(self, *, x: Float[Tensor, "b 16"], labels: Int[Tensor, "b 5"]) -> Float[Tensor, ""]:
        probs = self.fc(x).sigmoid()
        return nn.BCELoss()(probs, labels)  # BUG: labels.float()


def main() -> None:
    torch.manual_seed(0)
    good = Loss()(x=torch.randn(2, 16), labels=torch.ones(2, 5, dtype=torch.long)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
