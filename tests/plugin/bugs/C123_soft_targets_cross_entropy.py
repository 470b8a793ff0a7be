"""C123_soft_targets_cross_entropy: probabilities as the target of cross_entropy, and kl_div with log_target. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SoftLoss(nn.Module):
    def forward(self, *, logits: Float[Tensor, "b 10"], teacher: Float[Tensor, "b 10"]) -> Float[Tensor, ""]:
        soft = F.cross_entropy(logits, F.softmax(teacher / 2.0, dim=1))
        log_q = F.log_softmax(teacher, dim=1)
        return soft + F.kl_div(F.log_softmax(logits, dim=1), log_q, reduction="batchmean", log_target=True)


def main() -> None:
    torch.manual_seed(0)
    out = SoftLoss()(logits=torch.randn(4, 10), teacher=torch.randn(4, 10))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
