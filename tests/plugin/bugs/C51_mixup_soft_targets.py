"""C51 mixup_soft_targets: cross_entropy takes probabilities as its target. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Mixup(nn.Module):
    def forward(
        self, *, logits: Float[Tensor, "batch 10"], y: Int[Tensor, "batch"], lam: Float[Tensor, "batch"]
    ) -> Float[Tensor, ""]:
        one_hot = F.one_hot(y, 10).float()
        mixed = lam[:, None] * one_hot + (1 - lam[:, None]) * one_hot.flip(0)
        return F.cross_entropy(logits, mixed)


def main() -> None:
    torch.manual_seed(0)
    out = Mixup()(logits=torch.randn(4, 10), y=torch.randint(0, 10, (4,)), lam=torch.rand(4))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
