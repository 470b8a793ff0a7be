"""398_overlap_of_logits

kind: silent   facet: semantic   seen in: jakeret/tf_unet#15
ideal static checker: the Dice coefficient is made of logits; it takes probabilities
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LabelsType, LogitsType, LossType


class DiceLoss(NeuralModule):
    def __init__(self, *, classes: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.classes, self.eps = classes, eps

    def forward(
        self,
        *,
        logits: NeuralType[Float[Tensor, "batch {self.classes} height width"], LogitsType],
        labels: NeuralType[Int[Tensor, "batch height width"], LabelsType],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        target = F.one_hot(labels, self.classes).permute(0, 3, 1, 2).float()
        prediction = logits  # BUG: softmax over the classes
        intersection = (prediction * target).sum(dim=(0, 2, 3))
        union = prediction.sum(dim=(0, 2, 3)) + target.sum(dim=(0, 2, 3))
        return 1 - (2 * intersection / (union + self.eps)).mean()


class Segmenter(NeuralModule):
    def __init__(self, *, classes: int = 3) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, classes, 1))
        self.dice = DiceLoss(classes=classes)

    def forward(
        self, *, image: Float[Tensor, "batch 1 height width"], labels: Int[Tensor, "batch height width"]
    ) -> Float[Tensor, ""]:
        return self.dice(logits=self.net(image), labels=labels)


def main() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 3, 4, 4), torch.randint(0, 3, (2, 4, 4))
    dice = DiceLoss(classes=3)
    right = torch.allclose(dice(logits=logits, labels=labels), dice(logits=logits + 5, labels=labels), atol=1e-5)
    print("GOOD" if right else "SILENT-WRONG")


if __name__ == "__main__":
    main()
