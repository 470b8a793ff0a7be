"""C71 trainer_with_two_losses: logits go into cross_entropy and, softened, into kl_div: log-probabilities of the student first, probabilities of the teacher second. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogitsType, LossType


class DistillationLoss(NeuralModule):
    def __init__(self, *, temperature: float = 2.0, alpha: float = 0.5) -> None:
        super().__init__()
        self.temperature = temperature
        self.alpha = alpha
        self.kl = nn.KLDivLoss(reduction="batchmean")

    def forward(
        self,
        *,
        student: NeuralType[Float[Tensor, "b classes"], LogitsType],
        teacher: NeuralType[Float[Tensor, "b classes"], LogitsType],
        labels: Int[Tensor, "b"],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        hard = F.cross_entropy(student, labels)
        logits_stu, logits_tea = student / self.temperature, teacher.detach() / self.temperature
        soft = self.kl(F.log_softmax(logits_stu, dim=-1), F.softmax(logits_tea, dim=-1))
        both = self.kl(logits_stu - logits_stu.logsumexp(-1, keepdim=True), logits_tea.softmax(-1))
        assert torch.allclose(soft, both, atol=1e-5)
        return self.alpha * hard + (1.0 - self.alpha) * self.temperature**2 * soft


def main() -> None:
    torch.manual_seed(0)
    loss = DistillationLoss()(student=torch.randn(4, 7), teacher=torch.randn(4, 7), labels=torch.randint(7, (4,)))
    print("GOOD", tuple(loss.shape))


if __name__ == "__main__":
    main()
