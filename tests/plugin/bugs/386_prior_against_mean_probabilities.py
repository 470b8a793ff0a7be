"""386_prior_against_mean_probabilities

kind: silent   facet: semantic   seen in: lightly-ai/lightly#1341
ideal static checker: kl_div takes log-probabilities, got the mean over the batch of a softmax
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LossType


class PowerLawRegularizer(NeuralModule):
    """Clusters are used as often as a power law says."""

    def __init__(self, *, prototypes: int, dim: int, exponent: float = 0.25, temperature: float = 0.1) -> None:
        super().__init__()
        self.prototypes = nn.Parameter(torch.randn(prototypes, dim))
        self.exponent, self.temperature = exponent, temperature

    def prior(self) -> Tensor:
        ranks = torch.arange(1, self.prototypes.size(0) + 1).float()
        power = ranks.pow(-self.exponent)
        return power / power.sum()

    def forward(
        self, *, anchors: NeuralType[Float[Tensor, "batch dim"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        similarity = F.normalize(anchors, dim=1) @ F.normalize(self.prototypes, dim=1).t()
        probs = F.softmax(similarity / self.temperature, dim=1)
        mean_probs = probs.mean(dim=0)
        return F.kl_div(mean_probs, self.prior(), reduction="sum")  # BUG: not in log-space


def main() -> None:
    torch.manual_seed(0)
    module, x = PowerLawRegularizer(prototypes=6, dim=4), torch.randn(8, 4)
    q = (F.normalize(x, dim=1) @ F.normalize(module.prototypes, dim=1).t() / 0.1).softmax(1).mean(0)
    p = module.prior()
    print("GOOD" if torch.allclose(module(anchors=x), (p * (p / q).log()).sum()) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
