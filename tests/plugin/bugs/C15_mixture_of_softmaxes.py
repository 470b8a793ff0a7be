"""mixture_of_softmaxes: a mixture of probabilities is one, its logarithm goes to nll_loss. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Mixture(nn.Module):
    def __init__(self, experts: int, classes: int) -> None:
        super().__init__()
        self.experts, self.classes = experts, classes
        self.prior = nn.Linear(16, experts)
        self.logits = nn.Linear(16, experts * classes)

    def forward(self, *, h: Float[Tensor, "b 16"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        prior = self.prior(h).softmax(dim=-1)
        probs = self.logits(h).view(-1, self.experts, self.classes).softmax(dim=-1)
        mixed = torch.einsum("be,bec->bc", prior, probs)
        return F.nll_loss(mixed.clamp_min(1e-8).log(), y)


def main() -> None:
    torch.manual_seed(0)
    good = Mixture(3, 5)(h=torch.randn(4, 16), y=torch.zeros(4, dtype=torch.long)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
