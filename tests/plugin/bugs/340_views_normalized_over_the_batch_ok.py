"""340 views_normalized_over_the_batch (fixed twin)

kind: silent   facet: semantic   seen in: DonkeyShot21/UNO#4
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, LossType, ProbsType


class SwappedPrediction(nn.Module):
    """Each view predicts the assignment of the other one."""

    def __init__(self, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = temperature

    def cross_entropy(self, preds: Tensor, targets: Tensor) -> Tensor:
        return -torch.mean(torch.sum(targets * preds, dim=-1))

    def forward(
        self,
        logits: NeuralType[Float[Tensor, "views batch classes"], LogitsType],
        assignments: NeuralType[Float[Tensor, "views batch classes"], ProbsType],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        preds = F.log_softmax(logits / self.temperature, dim=2)
        return self.cross_entropy(preds, assignments.flip(0))


def main() -> None:
    torch.manual_seed(0)
    logits, targets = torch.randn(2, 6, 5), torch.randn(2, 6, 5).softmax(-1)
    right = -(targets.flip(0) * (logits / 0.1).log_softmax(-1)).sum(-1).mean()
    print("GOOD" if torch.allclose(SwappedPrediction()(logits, targets), right) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
