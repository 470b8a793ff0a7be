"""one_hot_into_linear (fixed twin)

kind: crash   facet: dtype   seen in: "mat1 and mat2 must have the same dtype, but got Long and Float"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Char(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(26, 16)

    def forward(self, *, letters: Int[Tensor, "b t"]) -> Float[Tensor, "b t 16"]:
        return self.fc(F.one_hot(letters, num_classes=26).float())


def main() -> None:
    torch.manual_seed(0)
    good = Char()(letters=torch.zeros(2, 3, dtype=torch.long)).shape == (2, 3, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
