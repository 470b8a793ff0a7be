"""367 ratio_of_probabilities_by_exp

kind: silent   facet: semantic   seen in: PPO from scratch: "ratio = torch.exp(new_probs - old_probs)"
ideal static checker: exp of a difference of probabilities; of log-probabilities is wanted
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class ClippedObjective(nn.Module):
    def __init__(self, obs: int, actions: int, clip: float = 0.2) -> None:
        super().__init__()
        self.policy = nn.Sequential(nn.Linear(obs, 64), nn.Tanh(), nn.Linear(64, actions))
        self.clip = clip

    def forward(
        self,
        obs: Float[Tensor, "b obs"],
        actions: Int[Tensor, "b"],
        old_log_probs: Float[Tensor, "b"],
        advantages: Float[Tensor, "b"],
    ) -> Float[Tensor, ""]:
        logits = self.policy(obs)
        all_log_probs = F.softmax(logits, dim=-1)  # BUG: probabilities, taken for their logarithms
        log_probs = all_log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)
        ratio = torch.exp(log_probs - old_log_probs)
        clipped = ratio.clamp(1 - self.clip, 1 + self.clip)
        return -torch.min(ratio * advantages, clipped * advantages).mean()


def main() -> None:
    torch.manual_seed(0)
    m, obs, act, adv = ClippedObjective(4, 3), torch.randn(8, 4), torch.randint(3, (8,)), torch.randn(8)
    old = m.policy(obs).log_softmax(-1)[torch.arange(8), act]
    print("GOOD" if torch.allclose(m(obs, act, old, adv), -adv.mean(), atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
