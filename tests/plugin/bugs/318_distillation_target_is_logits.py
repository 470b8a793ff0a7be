"""318 distillation_target_is_logits

kind: silent   facet: semantic   seen in: pytorch/pytorch#60928 (negative KLDivLoss), sebastian-hofstaetter/matchmaker#18
ideal static checker: kl_div expects Probs as target, got Logits
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Distill(nn.Module):
    def __init__(self, temperature: float = 2.0) -> None:
        super().__init__()
        self.temperature = temperature
        self.kl = nn.KLDivLoss(reduction="batchmean")

    def forward(
        self, *, student_logits: Float[Tensor, "b 10"], teacher_logits: Float[Tensor, "b 10"]
    ) -> Float[Tensor, ""]:
        log_p = F.log_softmax(student_logits / self.temperature, dim=-1)
        return self.kl(log_p, teacher_logits / self.temperature)  # BUG: softmax of the teacher missing


def main() -> None:
    torch.manual_seed(0)
    s = torch.randn(8, 10)
    good = bool(Distill()(student_logits=s, teacher_logits=s).abs() < 1e-6)  # KL(p, p) == 0
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
