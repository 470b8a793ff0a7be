"""365 log_variance_as_variance (fixed twin)

kind: crash   facet: semantic   seen in: pytorch forum on GaussianNLLLoss: "my network predicts log variance"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LossType, NormalDistributionLogVarianceType, NormalDistributionMeanType


class GaussianHead(NeuralModule):
    def __init__(self, *, d: int) -> None:
        super().__init__()
        self.mean = nn.Linear(d, 1)
        self.log_var = nn.Linear(d, 1)

    def forward(
        self, *, h: Float[Tensor, "b d"]
    ) -> tuple[
        NeuralType[Float[Tensor, "b 1"], NormalDistributionMeanType],
        NeuralType[Float[Tensor, "b 1"], NormalDistributionLogVarianceType],
    ]:
        return self.mean(h), self.log_var(h)


class Regression(NeuralModule):
    def __init__(self, *, d: int) -> None:
        super().__init__()
        self.body = nn.Linear(d, d)
        self.head = GaussianHead(d=d)

    def forward(self, *, x: Float[Tensor, "b d"], y: Float[Tensor, "b 1"]) -> NeuralType[Float[Tensor, ""], LossType]:
        mean, log_var = self.head(h=torch.relu(self.body(x)))
        return F.gaussian_nll_loss(mean, y, log_var.exp())


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Regression(d=4), torch.randn(8, 4), torch.randn(8, 1)
    mean, log_var = m.head(h=m.body(x).relu())
    right = 0.5 * (log_var + (y - mean) ** 2 / log_var.exp()).mean()
    print("GOOD" if torch.allclose(m(x=x, y=y), right, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
