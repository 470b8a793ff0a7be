"""sigmoid_then_bce_with_logits (fixed twin)

kind: silent   facet: semantic   seen in: forum, BCEWithLogitsLoss after sigmoid
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 4), nn.Sigmoid())
        self.loss = nn.BCELoss()

    def forward(self, x: Float[Tensor, "b 8"], y: Float[Tensor, "b 4"]) -> Float[Tensor, ""]:
        return self.loss(self.net(x), y)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Tagger(), torch.randn(3, 8), torch.ones(3, 4)
    print("GOOD" if torch.allclose(m(x, y), F.binary_cross_entropy(m.net(x), y)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
