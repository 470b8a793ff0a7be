"""squeezed_prediction_against_column

kind: silent   facet: shape   seen in: deepset-ai/FARM#229
ideal static checker: (b,) against (b, 1) broadcasts to (b, b)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class RegressionHead(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.out = nn.Linear(width, 1)

    def forward(self, pooled: Float[Tensor, "batch width"]) -> Tensor:
        return self.out(pooled)


def regression_loss(
    head: RegressionHead,
    pooled: Float[Tensor, "batch width"],
    labels: Float[Tensor, "batch 1"],
) -> Tensor:
    logits = head(pooled)
    return F.mse_loss(logits, labels, reduction="none")


def main() -> None:
    torch.manual_seed(0)

    good = regression_loss(RegressionHead(8), torch.randn(4, 8), torch.randn(4, 1)).shape == (4, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
