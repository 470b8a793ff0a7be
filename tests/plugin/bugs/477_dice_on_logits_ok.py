"""477 dice_on_logits (fixed twin)

kind: silent   facet: semantic   seen in: jakeret/tf_unet#15, ScrollPrize/villa#1488
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class DiceLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(16, 1, 1)

    def forward(self, *, feat: Float[Tensor, "b 16 h w"], mask: Float[Tensor, "b 1 h w"]) -> Float[Tensor, ""]:
        logits = self.head(feat)
        pred = torch.sigmoid(logits).flatten(1)
        target = mask.flatten(1)
        inter = (pred * target).sum(dim=1)
        dice = (2 * inter + 1) / (pred.sum(dim=1) + target.sum(dim=1) + 1)
        return (1 - dice).mean()


def main() -> None:
    torch.manual_seed(0)
    m, x = DiceLoss(), torch.randn(4, 16, 5, 5)
    loss = m(feat=x * 5, mask=(torch.rand(4, 1, 5, 5) > 0.5).float())
    good = 0.0 <= float(loss) <= 1.0
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
