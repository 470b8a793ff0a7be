"""316 nll_loss_of_last_layer (fixed twin)

kind: silent   facet: semantic   seen in: StackOverflow "NLLLoss is negative", Text-Classification-Models-Pytorch#9
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(32, 64)
        self.fc = nn.Linear(64, 10)
        self.criterion = nn.NLLLoss()

    def forward(self, *, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        logits = self.fc(torch.relu(self.body(x)))
        return self.criterion(F.log_softmax(logits, dim=1), y)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Classifier(), torch.randn(8, 32), torch.randint(0, 10, (8,))
    right = F.cross_entropy(m.fc(torch.relu(m.body(x))), y)
    good = bool(torch.allclose(m(x=x, y=y), right))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
