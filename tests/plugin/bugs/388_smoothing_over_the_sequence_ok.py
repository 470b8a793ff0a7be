"""388_smoothing_over_the_sequence (fixed twin)

kind: silent   facet: semantic   seen in: fastai/fastai#3189
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LabelsType, LogitsType, LossType


class LabelSmoothingCrossEntropy(nn.Module):
    def __init__(self, eps: float = 0.1) -> None:
        super().__init__()
        self.eps = eps

    def forward(
        self,
        output: NeuralType[Float[Tensor, "batch classes seq"], LogitsType],
        target: NeuralType[Int[Tensor, "batch seq"], LabelsType],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        c = output.size(1)
        log_preds = F.log_softmax(output, dim=1)
        uniform = -log_preds.sum(dim=1).mean()
        return uniform * self.eps / c + (1 - self.eps) * F.nll_loss(log_preds, target)


def main() -> None:
    torch.manual_seed(0)
    output, target = torch.randn(3, 5, 7), torch.randint(0, 5, (3, 7))
    right = F.cross_entropy(output, target, label_smoothing=0.1)
    print("GOOD" if torch.allclose(LabelSmoothingCrossEntropy()(output, target), right) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
