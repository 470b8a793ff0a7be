"""cat_along_batch (fixed twin)

kind: crash   facet: shape   seen in: pytorch/pytorch#139037
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Fuse(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 10)

    def forward(self, a: Float[Tensor, "b 32"], c: Float[Tensor, "b 32"]) -> Float[Tensor, "b 10"]:
        return self.head(torch.cat((a, c), 1))


def main() -> None:
    torch.manual_seed(0)
    out = Fuse()(torch.randn(2, 32), torch.randn(2, 32))
    print("GOOD" if out.shape == (2, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
