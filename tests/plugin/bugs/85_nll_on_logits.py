"""nll_on_logits

kind: silent   facet: semantic   seen in: forum "NLLLoss is negative"
ideal static checker: nll_loss takes log probabilities, got logits
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.loss = nn.NLLLoss()

    def forward(self, *, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        return self.loss(self.fc(x), y)  # BUG: log_softmax missing


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Net(), torch.randn(8, 32), torch.randint(0, 10, (8,))
    good = bool(torch.allclose(m(x=x, y=y), F.cross_entropy(m.fc(x), y)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
