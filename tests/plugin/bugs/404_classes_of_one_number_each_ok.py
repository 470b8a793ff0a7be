"""404_classes_of_one_number_each (fixed twin)

kind: crash   facet: shape   seen in: reczoo/FuxiCTR#25
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import ProbsType


class FactorizationMachine(nn.Module):
    def __init__(self, features: int, fields: int, dim: int = 4) -> None:
        super().__init__()
        self.fields = fields
        self.linear = nn.Embedding(features, 1)
        self.factors = nn.Embedding(features, dim)

    def forward(self, x: Int[Tensor, "batch {self.fields}"]) -> NeuralType[Float[Tensor, "batch"], ProbsType]:
        v = self.factors(x)
        pairs = 0.5 * (v.sum(dim=1).pow(2) - v.pow(2).sum(dim=1)).sum(dim=-1)
        return torch.sigmoid(self.linear(x).sum(dim=1).squeeze(-1) + pairs)


def accuracy(model: FactorizationMachine, x: Int[Tensor, "batch 3"], y: Int[Tensor, "batch"]) -> float:
    y_pred = model(x)
    hits = (y_pred > 0.5).long() == y
    return float(hits.float().mean())


def main() -> None:
    torch.manual_seed(0)
    model = FactorizationMachine(10, 3)
    value = accuracy(model, torch.randint(0, 10, (6, 3)), torch.tensor([0, 1, 1, 0, 1, 0]))
    print("GOOD" if 0 <= value <= 1 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
