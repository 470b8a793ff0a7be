"""hard_decisions_of_a_gate: a gate in 0..1 is thresholded at 0.5, and a tanh at 0. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Gate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 4)

    def forward(self, *, x: Float[Tensor, "b 8"]) -> Bool[Tensor, "b 4"]:
        gate = F.hardsigmoid(self.fc(x))
        return (gate > 0.5) | (torch.tanh(self.fc(x)) > 0)


def main() -> None:
    torch.manual_seed(0)
    good = Gate()(x=torch.randn(2, 8)).shape == (2, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
