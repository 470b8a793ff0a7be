"""meanings_in_branches (correct, though it looks suspicious)

kind: none   facet: element   seen in: gates weighed against each other (EPSANet), experts renormalized, optional activations
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def weighed_gates(scores: list[Float[Tensor, "batch 8"]]) -> Tensor:
    gates = torch.stack([torch.sigmoid(one) for one in scores], dim=1)
    return gates.softmax(dim=1)


def experts(scores: Float[Tensor, "tokens experts"], k: int) -> Tensor:
    best = F.softmax(scores, dim=-1).topk(k, dim=-1)
    return F.softmax(best.values, dim=-1)


def loss(x: Float[Tensor, "batch 16"], y: Int[Tensor, "batch"], head: nn.Linear, is_normalized: bool) -> Tensor:
    scores = head(x)
    if is_normalized:
        scores = scores.log_softmax(-1)
    if is_normalized:
        return F.nll_loss(scores, y)
    return F.cross_entropy(scores, y)


def optional(x: Float[Tensor, "batch 16"], y: Int[Tensor, "batch"], probs: bool) -> Tensor:
    if probs:
        x = x.softmax(-1)
    return F.nll_loss(x.log(), y) if probs else F.cross_entropy(x, y)


def main() -> None:
    torch.manual_seed(0)
    x, y = torch.rand(4, 16), torch.randint(16, (4,))
    weights = weighed_gates([torch.randn(4, 8) for _ in range(3)])
    same = loss(x, y, nn.Linear(16, 16), False)
    assert torch.allclose(weights.sum(1), torch.ones(4, 8))
    assert torch.allclose(experts(x, 3).sum(-1), torch.ones(4))
    assert optional(x, y, True).isfinite() and same.isfinite()
    print("GOOD")


if __name__ == "__main__":
    main()
