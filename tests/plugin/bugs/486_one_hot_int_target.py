"""486 one_hot_int_target

kind: crash   facet: dtype   seen in: "Expected floating point type for target with class probabilities, got Long"
ideal static checker: cross_entropy with probabilities as target wants a float target, got Int from one_hot
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)

    def forward(self, *, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        onehot = F.one_hot(y, num_classes=10)
        return F.cross_entropy(self.fc(x), onehot)  # BUG: onehot.float() missing


def main() -> None:
    torch.manual_seed(0)
    loss = Loss()(x=torch.randn(4, 32), y=torch.randint(0, 10, (4,)))
    good = loss.shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
