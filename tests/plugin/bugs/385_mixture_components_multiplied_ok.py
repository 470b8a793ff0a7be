"""385_mixture_components_multiplied (fixed twin)

kind: silent   facet: semantic   seen in: r9y9/wavenet_vocoder#34
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AudioSignal, LossType


class MixtureOfLogistics(NeuralModule):
    """The negative log-likelihood of samples under a mixture of logistic distributions."""

    def __init__(self, *, d: int, mixtures: int = 5, log_scale_min: float = -7.0) -> None:
        super().__init__()
        self.log_scale_min = log_scale_min
        self.project = nn.Linear(d, 3 * mixtures)

    def forward(
        self, *, h: Float[Tensor, "batch time d"], y: NeuralType[Float[Tensor, "batch time"], AudioSignal]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        logit_probs, means, log_scales = self.project(h).chunk(3, dim=-1)
        log_scales = log_scales.clamp(min=self.log_scale_min)
        centred = (y.unsqueeze(-1) - means) * torch.exp(-log_scales)
        log_probs = centred - log_scales - 2.0 * F.softplus(centred)
        log_probs = log_probs + F.log_softmax(logit_probs, -1)
        return -torch.logsumexp(log_probs, dim=-1).mean()


def main() -> None:
    torch.manual_seed(0)
    loss, h, y = MixtureOfLogistics(d=4), torch.randn(2, 6, 4), torch.randn(2, 6)
    weights, means, scales = loss.project(h).chunk(3, dim=-1)
    z = (y.unsqueeze(-1) - means) / scales.exp()
    density = (torch.exp(-z) / (scales.exp() * (1 + torch.exp(-z)) ** 2) * weights.softmax(-1)).sum(-1)
    print("GOOD" if torch.allclose(loss(h=h, y=y), -density.log().mean(), atol=1e-4) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
