"""C78 arithmetic_of_log_probabilities: differences, sums over tokens, exp of ratios and the three estimators of a KL divergence. A checker must stay silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogitsType, LogprobsType, LossType, TokenIndex


def per_token(
    logits: NeuralType[Float[Tensor, "b t vocab"], LogitsType],
    tokens: NeuralType[Int[Tensor, "b t"], TokenIndex],
) -> NeuralType[Float[Tensor, "b t"], LogprobsType]:
    picked = logits.gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
    return picked - logits.logsumexp(dim=-1)


class GroupLoss(NeuralModule):
    def __init__(self, *, clip: float = 0.2, beta: float = 0.04) -> None:
        super().__init__()
        self.clip, self.beta = clip, beta

    def forward(
        self,
        *,
        logps: NeuralType[Float[Tensor, "b t"], LogprobsType],
        old: NeuralType[Float[Tensor, "b t"], LogprobsType],
        ref: NeuralType[Float[Tensor, "b t"], LogprobsType],
        rewards: Float[Tensor, "b"],
        mask: Float[Tensor, "b t"],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        advantages = ((rewards - rewards.mean()) / (rewards.std() + 1e-4)).unsqueeze(1)
        ratio = torch.exp(logps - old)
        kl = torch.exp(ref - logps) - (ref - logps) - 1
        loss = -torch.min(ratio * advantages, ratio.clamp(1 - self.clip, 1 + self.clip) * advantages)
        loss = loss + self.beta * kl
        return ((loss * mask).sum(dim=1) / mask.sum(dim=1)).mean()


def preference(
    chosen: NeuralType[Float[Tensor, "b t"], LogprobsType], rejected: NeuralType[Float[Tensor, "b t"], LogprobsType]
) -> Float[Tensor, ""]:
    margin = chosen.sum(-1) - rejected.sum(-1)
    return -torch.nn.functional.logsigmoid(0.1 * margin).mean()


def perplexity(logps: NeuralType[Float[Tensor, "b t"], LogprobsType]) -> Float[Tensor, "b"]:
    return torch.exp(-logps.mean(dim=-1))


def main() -> None:
    torch.manual_seed(0)
    new = per_token(torch.randn(3, 5, 7), torch.randint(7, (3, 5)))
    loss = GroupLoss()(logps=new, old=new - 0.1, ref=new + 0.1, rewards=torch.randn(3), mask=torch.ones(3, 5))
    print("GOOD", tuple((loss + preference(new, new)).shape), tuple(perplexity(new).shape))


if __name__ == "__main__":
    main()
