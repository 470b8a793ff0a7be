"""474 focal_on_mean_loss

kind: silent   facet: semantic   seen in: kaidic/LDAM-DRW#6, ZhaoJ9014/face.evoLVe#120, andrijdavid/FocalLoss#1
ideal static checker: exp(-ce) of a mean: the focal weight wants the loss per sample, reduction='none'
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Focal(nn.Module):
    def forward(self, *, logits: Float[Tensor, "b 10"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        ce = F.cross_entropy(logits, y)  # BUG: reduction="none" missing, one weight for the whole batch
        pt = torch.exp(-ce)
        return ((1 - pt) ** 2 * ce).mean()


def main() -> None:
    torch.manual_seed(0)
    x, y = torch.randn(8, 10), torch.randint(0, 10, (8,))
    ce = F.cross_entropy(x, y, reduction="none")
    good = bool(torch.allclose(Focal()(logits=x, y=y), ((1 - torch.exp(-ce)) ** 2 * ce).mean()))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
