"""C68 distillation_with_log_target: KL between log-probabilities with log_target, and a temperature. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Distill(nn.Module):
    def __init__(self, t: float = 4.0) -> None:
        super().__init__()
        self.t = t

    def forward(self, *, student: Float[Tensor, "b 10"], teacher: Float[Tensor, "b 10"]) -> Float[Tensor, ""]:
        log_p = F.log_softmax(student / self.t, dim=1)
        log_q = F.log_softmax(teacher.detach() / self.t, dim=1)
        forward_kl = F.kl_div(log_p, log_q, reduction="batchmean", log_target=True)
        agreement = (log_p.exp() * log_q.exp()).sum(1).mean()
        return forward_kl * self.t**2 - agreement


def main() -> None:
    torch.manual_seed(0)
    out = Distill()(student=torch.randn(4, 10), teacher=torch.randn(4, 10))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
