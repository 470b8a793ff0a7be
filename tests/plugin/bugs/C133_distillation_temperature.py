"""C133 distillation_temperature: the loss is scaled by the square of the temperature, the logits are divided by it. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Distill(nn.Module):
    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, *, student: Float[Tensor, "b 10"], teacher: Float[Tensor, "b 10"]) -> Float[Tensor, ""]:
        t = self.temperature
        soft = F.softmax(teacher.detach() / t, dim=-1)
        loss = F.kl_div(F.log_softmax(student / t, dim=-1), soft, reduction="batchmean")
        return loss * t * self.temperature


def main() -> None:
    torch.manual_seed(0)
    out = Distill(2.0)(student=torch.randn(4, 10), teacher=torch.randn(4, 10))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
