"""target_averaged_over_the_wrong_axis

kind: silent   facet: shape   seen in: regression on pooled targets
ideal static checker: (b, 1) against (b,) is (b, b)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Pooled(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.out = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 1))

    def loss(self, x: Float[Tensor, "b d"], target: Float[Tensor, "b t"]) -> Tensor:
        return F.l1_loss(self.out(x), target.mean(dim=1), reduction="none")  # BUG: keepdim


def main() -> None:
    torch.manual_seed(0)

    good = Pooled(8).loss(torch.randn(4, 8), torch.randn(4, 6)).shape == (4, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
