"""numpy_double_into_linear (fixed twin)

kind: crash   facet: dtype   seen in: "expected m1 and m2 to have the same dtype, but got: double != float"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float32, Float64
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, *, x: Float64[Tensor, "b 4"]) -> Float32[Tensor, "b 2"]:
        return self.fc(x.float())


def main() -> None:
    torch.manual_seed(0)
    good = Net()(x=torch.randn(3, 4, dtype=torch.float64)).shape == (3, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
