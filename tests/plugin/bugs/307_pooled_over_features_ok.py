"""307 pooled_over_features (fixed twin)

kind: crash   facet: axis   seen in: Knowledgator/LiqFit#1
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Classify(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(64, 3)

    def forward(self, *, hidden: Float[Tensor, "batch time 64"]) -> Float[Tensor, "batch 3"]:
        pooled = hidden.mean(dim=1)
        return self.fc(pooled)


def main() -> None:
    torch.manual_seed(0)
    out = Classify()(hidden=torch.randn(2, 5, 64))
    good = out.shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
