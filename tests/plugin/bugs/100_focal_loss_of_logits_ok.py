"""focal_loss_of_logits (fixed twin)

kind: silent   facet: semantic   seen in: focal losses
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def focal(logits: Float[Tensor, "b"], y: Float[Tensor, "b"], gamma: float = 2.0) -> Float[Tensor, ""]:
    ce = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    p = torch.sigmoid(logits)
    pt = p * y + (1 - p) * (1 - y)
    return (ce * (1 - pt) ** gamma).mean(dim=0)


def main() -> None:
    torch.manual_seed(0)
    good = focal(torch.randn(4), torch.ones(4)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
