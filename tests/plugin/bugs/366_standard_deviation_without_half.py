"""366 standard_deviation_without_half

kind: silent   facet: semantic   seen in: rachtsingh/ibp_vae#3
ideal static checker: exp(log_var) is the variance, a sample is scaled with exp(0.5 * log_var)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import (
    NormalDistributionLogVarianceType,
    NormalDistributionMeanType,
    NormalDistributionSamplesType,
)


class Reparametrize(nn.Module):
    def forward(
        self,
        mu: NeuralType[Float[Tensor, "b z"], NormalDistributionMeanType],
        logvar: NeuralType[Float[Tensor, "b z"], NormalDistributionLogVarianceType],
    ) -> NeuralType[Float[Tensor, "b z"], NormalDistributionSamplesType]:
        noise = torch.randn_like(mu)
        return mu + noise * logvar.exp()  # BUG: the variance


def main() -> None:
    torch.manual_seed(0)
    z = Reparametrize()(torch.zeros(20_000, 1), torch.full((20_000, 1), 2.0))
    print("GOOD" if abs(float(z.var().log()) - 2.0) < 0.1 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
