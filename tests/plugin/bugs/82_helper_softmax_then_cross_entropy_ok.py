"""helper_softmax_then_cross_entropy (fixed twin)

kind: silent   facet: semantic   seen in: research code with a predict() that normalizes
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def predict(layer: nn.Linear, x: Float[Tensor, "b d"]) -> Tensor:
    return torch.softmax(layer(x), dim=-1)


def loss(layer: nn.Linear, x: Float[Tensor, "b d"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
    return F.cross_entropy(layer(x), y)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = nn.Linear(8, 3), torch.randn(8, 8), torch.randint(0, 3, (8,))
    good = bool(torch.allclose(loss(m, x, y), F.cross_entropy(m(x), y)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
