"""cross_entropy_one_hot_int_target

kind: crash   facet: dtype   seen in: "Expected floating point type for target with class probabilities, got Long"
ideal static checker: one-hot targets must be floats
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def forward(self, *, logits: Float[Tensor, "b 10"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        target = F.one_hot(y, 10)
        return F.cross_entropy(logits, target)  # BUG: y itself, or target.float()


def main() -> None:
    torch.manual_seed(0)
    good = Loss()(logits=torch.randn(4, 10), y=torch.randint(0, 10, (4,))).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
