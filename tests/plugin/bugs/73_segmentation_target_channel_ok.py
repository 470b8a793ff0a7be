"""segmentation_target_channel (fixed twin)

kind: crash   facet: dtype   seen in: "only batches of spatial targets supported (3D tensors)"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def forward(self, *, logits: Float[Tensor, "b classes h w"], mask: Int[Tensor, "b 1 h w"]) -> Float[Tensor, ""]:
        return F.cross_entropy(logits, mask.squeeze(1))


def main() -> None:
    torch.manual_seed(0)
    good = Loss()(logits=torch.randn(2, 4, 3, 3), mask=torch.randint(0, 4, (2, 1, 3, 3))).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
