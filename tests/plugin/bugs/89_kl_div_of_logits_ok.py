"""kl_div_of_logits (fixed twin)

kind: silent   facet: semantic   seen in: distillation with raw logits
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Student(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 10)
        self.loss = nn.KLDivLoss(reduction="batchmean")

    def forward(self, *, x: Float[Tensor, "b 16"], teacher_probs: Float[Tensor, "b 10"]) -> Float[Tensor, ""]:
        return self.loss(self.fc(x).log_softmax(dim=-1), teacher_probs)


def main() -> None:
    torch.manual_seed(0)
    m, x = Student(), torch.randn(4, 16)
    good = bool(m(x=x, teacher_probs=m.fc(x).softmax(-1)).abs() < 1e-6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
