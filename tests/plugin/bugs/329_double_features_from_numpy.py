"""329 double_features_from_numpy

kind: crash   facet: dtype   seen in: OUCMachineLearning/OUCML#24, pytorch/pytorch#15436, #2138
ideal static checker: Linear expects float32, got float64
"""

import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn


class Regression(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(10, 1)

    def forward(self, *, x: Float64[Tensor, "b 10"]) -> Float[Tensor, "b 1"]:
        return self.fc(x)  # BUG: x.float() missing


def main() -> None:
    torch.manual_seed(0)
    out = Regression()(x=torch.randn(6, 10, dtype=torch.float64))
    good = out.shape == (6, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
