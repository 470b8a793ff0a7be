"""policy_gradient_broadcast (fixed twin)

kind: silent   facet: shape   seen in: REINFORCE, actor-critic ports
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class ActorCritic(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.actor = nn.Linear(4, 2)
        self.critic = nn.Linear(4, 1)

    def loss(
        self, state: Float[Tensor, "b 4"], action: Int[Tensor, "b"], returns: Float[Tensor, "b"]
    ) -> Float[Tensor, ""]:
        log_prob = F.log_softmax(self.actor(state), dim=-1).gather(1, action[:, None]).squeeze(1)
        advantage = returns[:, None] - self.critic(state)
        return -(log_prob * advantage.squeeze(1).detach()).mean()


def main() -> None:
    torch.manual_seed(0)
    m, s, a, r = ActorCritic(), torch.randn(5, 4), torch.tensor([0, 1, 0, 1, 1]), torch.randn(5)
    lp = m.actor(s).log_softmax(-1)[torch.arange(5), a]
    good = bool(torch.allclose(m.loss(s, a, r), -(lp * (r - m.critic(s)[:, 0])).mean()))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
