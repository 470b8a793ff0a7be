"""476 kl_arguments_swapped (fixed twin)

kind: silent   facet: semantic   seen in: haitongli/knowledge-distillation-pytorch#2, nlp-with-transformers/notebooks#94, kjaved0/incremental-learning#5
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class KDLoss(nn.Module):
    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, *, student: Float[Tensor, "b 10"], teacher: Float[Tensor, "b 10"]) -> Float[Tensor, ""]:
        t = self.temperature
        log_p = F.log_softmax(student / t, dim=1)
        q = F.softmax(teacher / t, dim=1)
        return F.kl_div(log_p, q, reduction="batchmean") * t * t


def main() -> None:
    torch.manual_seed(0)
    s = torch.randn(8, 10)
    good = bool(KDLoss(4.0)(student=s, teacher=s).abs() < 1e-5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
