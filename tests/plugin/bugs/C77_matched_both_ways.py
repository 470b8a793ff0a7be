"""C77 matched_both_ways: scores between two sets of points are normalized over each of the two, and multiplied. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import ProbsType


class DualSoftmax(nn.Module):
    def __init__(self, d: int, temperature: float = 0.1) -> None:
        super().__init__()
        self.proj = nn.Linear(d, d)
        self.temperature = temperature

    def forward(
        self, left: Float[Tensor, "b m d"], right: Float[Tensor, "b k d"]
    ) -> NeuralType[Float[Tensor, "b m k"], ProbsType]:
        a = F.normalize(self.proj(left), dim=-1)
        b = F.normalize(self.proj(right), dim=-1)
        sim = torch.einsum("bmd,bkd->bmk", a, b) / self.temperature
        return sim.softmax(dim=1) * sim.softmax(dim=2)


def mutual(conf: Float[Tensor, "b m k"], threshold: float = 0.2) -> Bool[Tensor, "b m k"]:
    best_row = conf == conf.amax(dim=2, keepdim=True)
    best_column = conf == conf.amax(dim=1, keepdim=True)
    return best_row & best_column & (conf > threshold)


def sinkhorn(scores: Float[Tensor, "b m k"], steps: int = 5) -> Float[Tensor, "b m k"]:
    log_p = scores
    for _ in range(steps):
        log_p = log_p - log_p.logsumexp(dim=1, keepdim=True)
        log_p = log_p - log_p.logsumexp(dim=2, keepdim=True)
    return log_p.exp()


def nearest(left: Float[Tensor, "b m d"], right: Float[Tensor, "b k d"]) -> Int[Tensor, "b m"]:
    return torch.cdist(left, right).argmin(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    left, right = torch.randn(2, 5, 8), torch.randn(2, 7, 8)
    conf = DualSoftmax(8)(left, right)
    print("GOOD", tuple(mutual(conf).shape), tuple(sinkhorn(conf).shape), tuple(nearest(left, right).shape))


if __name__ == "__main__":
    main()
