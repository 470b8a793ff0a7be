"""segmentation_target_channel

kind: crash   facet: dtype   seen in: "only batches of spatial targets supported (3D tensors)"
ideal static checker: the target has a channel axis
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def forward(self, *, logits: Float[Tensor, "b classes h w"], mask: Int[Tensor, "b 1 h w"]) -> Float[Tensor, ""]:
        return F.cross_entropy(logits, mask)  # BUG: squeeze(1) missing


def main() -> None:
    torch.manual_seed(0)
    good = Loss()(logits=torch.randn(2, 4, 3, 3), mask=torch.randint(0, 4, (2, 1, 3, 3))).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
