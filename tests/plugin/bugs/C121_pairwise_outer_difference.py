"""C121_pairwise_outer_difference: (b, 1) against (1, b) on purpose: ranking loss over all pairs. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class RankLoss(nn.Module):
    def forward(self, *, score: Float[Tensor, "b"], rel: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        diff = score[:, None] - score[None, :]
        want = (rel[:, None] > rel[None, :]).float()
        return F.binary_cross_entropy_with_logits(diff, want)


def main() -> None:
    torch.manual_seed(0)
    out = RankLoss()(score=torch.randn(5), rel=torch.rand(5))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
