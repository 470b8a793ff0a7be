"""482 distill_teacher_with_itself

kind: silent   facet: semantic   seen in: labmlai/annotated_deep_learning_paper_implementations#66
ideal static checker: the student's logits are never used: both sides of kl_div come from the teacher
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Distill(nn.Module):
    def forward(
        self, *, output: Float[Tensor, "b 10"], large_logits: Float[Tensor, "b 10"], y: Int[Tensor, "b"]
    ) -> Float[Tensor, ""]:
        soft_targets = F.softmax(large_logits / 5.0, dim=-1)
        soft_prob = F.log_softmax(large_logits / 5.0, dim=-1)
        soft_loss = F.kl_div(soft_prob, soft_targets, reduction="batchmean")  # BUG: both from the teacher
        return soft_loss * 25.0 + F.cross_entropy(output, y)


def main() -> None:
    torch.manual_seed(0)
    s, t, y = torch.randn(4, 10), torch.randn(4, 10), torch.randint(0, 10, (4,))
    good = bool(Distill()(output=s, large_logits=t, y=y) > F.cross_entropy(s, y) + 1e-3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
