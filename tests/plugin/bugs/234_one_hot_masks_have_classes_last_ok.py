"""one_hot_masks_have_classes_last (fixed twin)

kind: crash   facet: axis   seen in: forum "dice loss with one_hot: the size of tensor a (4) must match the size of tensor b (8)"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class DiceLoss(nn.Module):
    def __init__(self, classes: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.classes, self.eps = classes, eps

    def forward(self, logits: Float[Tensor, "b c h w"], mask: Int[Tensor, "b h w"]) -> Float[Tensor, ""]:
        probs = logits.softmax(dim=1)
        target = F.one_hot(mask, self.classes).permute(0, 3, 1, 2).float()
        overlap = (probs * target).sum(dim=(2, 3))
        total = probs.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        return 1 - ((2 * overlap + self.eps) / (total + self.eps)).mean()


def main() -> None:
    torch.manual_seed(0)
    loss = DiceLoss(4)(torch.randn(2, 4, 8, 6), torch.randint(0, 4, (2, 8, 6)))
    print("GOOD" if loss.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
