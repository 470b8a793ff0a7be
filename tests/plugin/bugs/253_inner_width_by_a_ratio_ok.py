"""inner_width_by_a_ratio (fixed twin)

kind: crash   facet: shape   seen in: written for this test, after a mistake that is often asked about
ideal static checker: nothing (clean)
"""

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn


WIDTH: Final = 96
RATIO: Final = 2.5


class Mlp(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(WIDTH, int(WIDTH * RATIO))
        self.outer = nn.Linear(int(WIDTH * RATIO), WIDTH)

    def forward(self, x: Float[Tensor, "batch time 96"]) -> Float[Tensor, "batch time 96"]:
        return self.outer(self.inner(x).relu())


def main() -> None:
    try:
        Mlp()(torch.zeros(2, 3, 96))
        print("GOOD")
    except RuntimeError:
        print("CRASH")


if __name__ == "__main__":
    main()
