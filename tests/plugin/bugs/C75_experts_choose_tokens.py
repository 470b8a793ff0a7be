"""C75 experts_choose_tokens: probabilities over experts, chosen along the tokens, weighed, scattered back and summed up. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LogitsType, LossType, ProbsType


class ExpertChoice(NeuralModule):
    def __init__(self, *, d: int, experts: int, capacity: int) -> None:
        super().__init__()
        self.experts, self.capacity = experts, capacity
        self.router = nn.Linear(d, experts, bias=False)
        self.w1 = nn.Parameter(torch.randn(experts, d, 2 * d) * 0.1)
        self.w2 = nn.Parameter(torch.randn(experts, 2 * d, d) * 0.1)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "tokens d"], EncodedRepresentation]
    ) -> tuple[
        NeuralType[Float[Tensor, "tokens d"], EncodedRepresentation],
        NeuralType[Float[Tensor, "tokens experts"], LogitsType],
    ]:
        logits = self.router(x)
        affinity = logits.softmax(dim=-1)
        gate, chosen = affinity.t().topk(self.capacity, dim=-1)
        taken = x[chosen]
        h = F.gelu(torch.bmm(taken, self.w1))
        out = torch.bmm(h, self.w2) * gate.unsqueeze(-1)
        y = torch.zeros_like(x).index_add(0, chosen.flatten(), out.flatten(0, 1))
        return x + y, logits


class ZLoss(NeuralModule):
    def forward(
        self, *, logits: NeuralType[Float[Tensor, "tokens experts"], LogitsType]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        fraction = F.one_hot(logits.argmax(dim=-1), logits.shape[-1]).float().mean(dim=0)
        balance = logits.shape[-1] * (fraction * logits.softmax(dim=-1).mean(dim=0)).sum()
        return balance + 1e-3 * logits.logsumexp(dim=-1).pow(2).mean()


def shares(probs: NeuralType[Float[Tensor, "tokens experts"], ProbsType]) -> Float[Tensor, "experts"]:
    return probs.mean(dim=0)


def main() -> None:
    torch.manual_seed(0)
    y, logits = ExpertChoice(d=8, experts=4, capacity=3)(x=torch.randn(6, 8))
    print("GOOD", tuple(y.shape), tuple(ZLoss()(logits=logits).shape), tuple(shares(logits.softmax(-1)).shape))


if __name__ == "__main__":
    main()
