"""softmax_module_then_cross_entropy (fixed twin)

kind: silent   facet: semantic   seen in: Lightning classifiers: the model ends in nn.Softmax
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10), nn.Softmax(dim=1))
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, *, x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 10"]:
        return self.net(x)

    def training_step(self, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        probs = self.net(x)
        return F.nll_loss(probs.log(), y)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Classifier(), torch.randn(8, 32), torch.randint(0, 10, (8,))
    good = bool(torch.allclose(m.training_step(x, y), F.nll_loss(m.net(x).log(), y)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
