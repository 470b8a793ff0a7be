"""368 ratio_of_log_probabilities

kind: silent   facet: semantic   seen in: PPO questions: "ratio = new_log_probs / old_log_probs"
ideal static checker: the quotient of two logarithms is no ratio of probabilities; exp of their difference is wanted
"""

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogprobsType, LossType


class PolicyLoss(NeuralModule):
    def __init__(self, *, clip: float = 0.2) -> None:
        super().__init__()
        self.clip = clip

    def forward(
        self,
        *,
        log_probs: NeuralType[Float[Tensor, "b t"], LogprobsType],
        old_log_probs: NeuralType[Float[Tensor, "b t"], LogprobsType],
        advantages: Float[Tensor, "b t"],
        mask: Float[Tensor, "b t"],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        ratio = log_probs / old_log_probs  # BUG: of the logarithms
        clipped = torch.clamp(ratio, 1 - self.clip, 1 + self.clip)
        per_token = -torch.min(ratio * advantages, clipped * advantages)
        return (per_token * mask).sum() / mask.sum()


def main() -> None:
    torch.manual_seed(0)
    new, old = torch.full((1, 1), 0.5).log(), torch.full((1, 1), 0.25).log()
    loss = PolicyLoss(clip=9.0)(log_probs=new, old_log_probs=old, advantages=torch.ones(1, 1), mask=torch.ones(1, 1))
    print("GOOD" if torch.allclose(loss, torch.tensor(-2.0)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
