"""gumbel_softmax_of_probabilities

kind: silent   facet: semantic   seen in: discrete latents
ideal static checker: gumbel_softmax takes logits
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Codebook(nn.Module):
    def __init__(self, d: int, codes: int) -> None:
        super().__init__()
        self.scores = nn.Linear(d, codes)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t codes"]:
        logits = self.scores(x)
        return F.gumbel_softmax(logits, tau=0.5, hard=True)


def main() -> None:
    torch.manual_seed(0)

    m = Codebook(4, 3)
    with torch.no_grad():
        m.scores.weight.zero_()
        m.scores.bias.copy_(torch.tensor([0.0, 9.0, 0.0]))
    out = m(torch.zeros(1, 2000, 4))
    good = bool(out[..., 1].mean() > 0.98)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
