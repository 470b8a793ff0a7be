"""C86 logits_shifted_and_scaled: what is added to logits, divided out of them or compared with them leaves them logits. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, LossType, TokenIndex

Logits = NeuralType[Float[Tensor, "b classes"], LogitsType]


class LongTail(nn.Module):
    prior: Float[Tensor, "classes"]

    def __init__(self, d: int, classes: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d, classes)
        self.log_scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.register_buffer("prior", torch.full((classes,), 1.0 / classes))

    def logits(self, x: Float[Tensor, "b d"]) -> Logits:
        cosine = F.normalize(x, dim=-1) @ F.normalize(self.fc.weight, dim=-1).T
        return cosine * self.log_scale.exp()

    def forward(self, x: Float[Tensor, "b d"], y: Int[Tensor, "b"]) -> NeuralType[Float[Tensor, ""], LossType]:
        logits = self.logits(x)
        adjusted = F.cross_entropy(logits + self.prior.log(), y)
        margin = logits - 0.35 * F.one_hot(y, logits.shape[-1])
        smooth = F.cross_entropy(margin, y, label_smoothing=0.1)
        target = F.one_hot(y, logits.shape[-1]).float()
        binary = F.binary_cross_entropy_with_logits(logits, target)
        return adjusted + smooth + binary


def sample(logits: Logits, temperature: float = 0.8, top_p: float = 0.9) -> NeuralType[Int[Tensor, "b"], TokenIndex]:
    ordered, order = (logits / temperature).sort(dim=-1, descending=True)
    probs = ordered.softmax(dim=-1)
    drop = probs.cumsum(dim=-1) - probs > top_p
    kept = ordered.masked_fill(drop, float("-inf")).softmax(dim=-1)
    return order.gather(-1, torch.multinomial(kept, 1)).squeeze(-1)


def guided(conditional: Logits, free: Logits, scale: float = 2.0) -> Logits:
    return free + scale * (conditional - free)


def out_of_distribution(logits: Logits) -> Bool[Tensor, "b"]:
    energy = -torch.logsumexp(logits, dim=-1)
    confidence = logits.softmax(dim=-1).amax(dim=-1)
    return (energy > 0.0) | (confidence < 0.5) | (logits.amax(dim=-1) < 0)


def main() -> None:
    torch.manual_seed(0)
    m, x = LongTail(4, 5), torch.randn(6, 4)
    logits = guided(m.logits(x), m.logits(x))
    print("GOOD", tuple(m(x, sample(logits)).shape), tuple(out_of_distribution(logits).shape))


if __name__ == "__main__":
    main()
