"""C93 pairs_of_all_with_all: columns against rows, where every pair is wanted, and columns made vectors, where it is not. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LabelsType, LossType, RegressionValuesType


class RankingLoss(NeuralModule):
    """Each document against each of the same batch."""

    def forward(
        self,
        *,
        scores: NeuralType[Float[Tensor, "batch 1"], RegressionValuesType],
        relevance: Float[Tensor, "batch"],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        flat = scores.squeeze(-1)
        differences = flat.unsqueeze(1) - flat.unsqueeze(0)
        better = (relevance[:, None] > relevance[None, :]).float()
        return (F.softplus(-differences) * better).sum() / better.sum().clamp(min=1)


class Supervised(NeuralModule):
    def __init__(self, *, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(
        self, *, z: Float[Tensor, "batch d"], labels: NeuralType[Int[Tensor, "batch"], LabelsType]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        z = F.normalize(z, dim=-1)
        similar = z @ z.T / self.temperature
        same = labels.view(-1, 1) == labels.view(1, -1)
        itself = torch.eye(z.size(0), dtype=torch.bool, device=z.device)
        log_p = similar.masked_fill(itself, float("-inf")).log_softmax(dim=1)
        positives = same & ~itself
        return -log_p.masked_fill(~positives, 0.0).sum(1).div(positives.sum(1).clamp(min=1)).mean()


class Distances(nn.Module):
    def forward(self, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
        squared = x.pow(2).sum(1, keepdim=True) + y.pow(2).sum(1) - 2 * x @ y.T
        return squared.clamp(min=0).sqrt()


def kernel(x: Float[Tensor, "n 1"], y: Float[Tensor, "m"], width: float = 1.0) -> Float[Tensor, "n m"]:
    return torch.exp(-((x - y) ** 2) / (2 * width**2))


def weighted_td_error(
    q: Float[Tensor, "batch 1"], target: Float[Tensor, "batch 1"], weight: Float[Tensor, "batch"]
) -> tuple[Float[Tensor, ""], Float[Tensor, "batch"]]:
    error = (q - target).squeeze(1)
    return (weight * error.pow(2)).mean(), error.abs().detach()


def inside(points: Float[Tensor, "points 2"], boxes: Float[Tensor, "boxes 4"]) -> Bool[Tensor, "points boxes"]:
    x, y = points[:, :1], points[:, 1:]
    return (x >= boxes[:, 0]) & (x <= boxes[:, 2]) & (y >= boxes[:, 1]) & (y <= boxes[:, 3])


def main() -> None:
    torch.manual_seed(0)
    scores = torch.randn(5, 1)
    loss, priority = weighted_td_error(scores, torch.zeros(5, 1), torch.ones(5))
    print(
        "GOOD",
        RankingLoss()(scores=scores, relevance=torch.arange(5.0)).ndim,
        Supervised()(z=torch.randn(6, 4), labels=torch.tensor([0, 0, 1, 1, 2, 2])).ndim,
        tuple(Distances()(torch.randn(3, 2), torch.randn(4, 2)).shape),
        tuple(kernel(scores, torch.randn(3)).shape),
        tuple(priority.shape),
        loss.ndim,
        tuple(inside(torch.rand(3, 2), torch.rand(2, 4)).shape),
    )


if __name__ == "__main__":
    main()
