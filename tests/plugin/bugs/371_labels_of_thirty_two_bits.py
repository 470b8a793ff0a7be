"""371 labels_of_thirty_two_bits

kind: crash   facet: dtype   seen in: "expected scalar type Long but found Int"
ideal static checker: cross_entropy's class indices must be int64, got int32
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int32
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ClassificationTarget, LossType


class PixelLoss(NeuralModule):
    def __init__(self, *, channels: int) -> None:
        super().__init__()
        self.classify = nn.Conv2d(channels, 21, kernel_size=1)

    def forward(
        self,
        *,
        features: Float[Tensor, "b channels h w"],
        mask: NeuralType[Int32[Tensor, "b h w"], ClassificationTarget],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        logits = self.classify(features)
        target = mask.clamp(min=0)  # BUG: still int32, as PIL and numpy give it
        return F.cross_entropy(logits, target, ignore_index=255)


def main() -> None:
    torch.manual_seed(0)
    loss = PixelLoss(channels=4)(features=torch.randn(2, 4, 5, 6), mask=torch.zeros(2, 5, 6, dtype=torch.int32))
    print("GOOD" if loss.shape == () else "SILENT-WRONG")


if __name__ == "__main__":
    main()
