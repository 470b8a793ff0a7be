"""387_confidence_of_log_probabilities

kind: silent   facet: semantic   seen in: HeyLynne/FocalLoss_for_multiclass#3
ideal static checker: 1 - pt of log-probabilities: the factor of the focal loss takes probabilities
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ClassificationTarget, LogitsType, LossType


class FocalLoss(NeuralModule):
    def __init__(self, *, classes: int, gamma: float = 2.0) -> None:
        super().__init__()
        self.classes, self.gamma = classes, gamma
        self.alpha = nn.Parameter(torch.ones(classes), requires_grad=False)

    def forward(
        self,
        *,
        logits: NeuralType[Float[Tensor, "batch {self.classes}"], LogitsType],
        labels: NeuralType[Int[Tensor, "batch"], ClassificationTarget],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        log_p = F.log_softmax(logits, dim=-1)
        one_hot = F.one_hot(labels, self.classes)
        pt = one_hot * log_p  # BUG: log_p.exp()
        losses = -self.alpha * (1 - pt) ** self.gamma * log_p * one_hot
        return losses.sum(dim=-1).mean()


def main() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(6, 4), torch.randint(0, 4, (6,))
    p = logits.softmax(-1)[torch.arange(6), labels]
    right = (-((1 - p) ** 2) * p.log()).mean()
    print("GOOD" if torch.allclose(FocalLoss(classes=4)(logits=logits, labels=labels), right) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
