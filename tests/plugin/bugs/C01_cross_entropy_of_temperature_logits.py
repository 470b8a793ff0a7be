"""cross_entropy_of_temperature_logits: logits divided by a temperature stay logits. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.tau = nn.Parameter(torch.tensor(0.07))

    def forward(self, *, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        return F.cross_entropy(self.fc(x) / self.tau.exp(), y, label_smoothing=0.1)


def main() -> None:
    torch.manual_seed(0)
    good = Loss()(x=torch.randn(4, 32), y=torch.randint(0, 10, (4,))).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
