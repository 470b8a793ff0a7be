"""cross_entropy_of_one_output (fixed twin)

kind: silent   facet: semantic   seen in: forum "loss is always zero"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Binary(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 2)

    def forward(self, *, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        return F.cross_entropy(self.fc(x), y)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Binary(), torch.randn(4, 32), torch.zeros(4, dtype=torch.long)
    good = bool(m(x=x, y=y) > 0)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
