"""384_determinants_of_all_examples

kind: silent   facet: semantic   seen in: wohlert/semi-supervised-pytorch#21
ideal static checker: the log-determinant "b" is summed over the batch before it is taken from each example's log-density
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogDeterminantType, NormalDistributionLogVarianceType, NormalDistributionMeanType


class PlanarFlow(NeuralModule):
    def __init__(self, *, d: int) -> None:
        super().__init__()
        self.u = nn.Parameter(torch.randn(d) * 0.1)
        self.w = nn.Parameter(torch.randn(d) * 0.1)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(
        self, *, z: Float[Tensor, "batch d"]
    ) -> tuple[Float[Tensor, "batch d"], NeuralType[Float[Tensor, "batch"], LogDeterminantType]]:
        hidden = torch.tanh(z @ self.w + self.bias)
        psi = (1 - hidden**2).unsqueeze(1) * self.w
        return z + hidden.unsqueeze(1) * self.u, torch.log(torch.abs(1 + psi @ self.u) + 1e-8)


class Posterior(NeuralModule):
    def __init__(self, *, d: int, flows: int) -> None:
        super().__init__()
        self.flows = nn.ModuleList([PlanarFlow(d=d) for _ in range(flows)])

    def forward(
        self,
        *,
        mu: NeuralType[Float[Tensor, "batch d"], NormalDistributionMeanType],
        log_var: NeuralType[Float[Tensor, "batch d"], NormalDistributionLogVarianceType],
        noise: Float[Tensor, "batch d"],
    ) -> Float[Tensor, "batch"]:
        z = mu + noise * torch.exp(0.5 * log_var)
        density = (-0.5 * (log_var + (z - mu) ** 2 / log_var.exp())).sum(dim=1)
        for flow in self.flows:
            z, log_det = flow(z=z)
            density = density - log_det.sum()  # BUG: each example has its own
        return density


def main() -> None:
    torch.manual_seed(0)
    q, x = Posterior(d=4, flows=2), torch.randn(3, 3, 4)
    whole = q(mu=x[0], log_var=x[1], noise=x[2])
    alone = q(mu=x[0, :1], log_var=x[1, :1], noise=x[2, :1])
    print("GOOD" if torch.allclose(whole[:1], alone, atol=1e-6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
