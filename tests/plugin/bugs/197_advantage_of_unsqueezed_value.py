"""advantage_of_unsqueezed_value

kind: silent   facet: shape   seen in: PacktPublishing/Deep-Reinforcement-Learning-Hands-On#33
ideal static checker: returns "b" minus a value head's "b 1" is "b b"
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Out(NamedTuple):
    logits: Float[Tensor, "b actions"]
    value: Float[Tensor, "b 1"]


class ActorCritic(nn.Module):
    def __init__(self, obs: int, actions: int) -> None:
        super().__init__()
        self.body = nn.Linear(obs, 64)
        self.policy = nn.Linear(64, actions)
        self.value = nn.Linear(64, 1)

    def forward(self, obs: Float[Tensor, "b obs"]) -> Out:
        h = torch.relu(self.body(obs))
        return Out(self.policy(h), self.value(h))


class A2C(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = ActorCritic(5, 3)

    def forward(
        self, *, obs: Float[Tensor, "b 5"], action: Int[Tensor, "b"], returns: Float[Tensor, "b"]
    ) -> Float[Tensor, ""]:
        out = self.net(obs)
        log_prob = F.log_softmax(out.logits, dim=-1).gather(1, action[:, None]).squeeze(1)
        advantage = returns - out.value.detach()  # BUG: (b,) - (b, 1)
        return -(log_prob * advantage).mean()


def main() -> None:
    torch.manual_seed(0)
    m, obs, a, r = A2C(), torch.randn(8, 5), torch.randint(0, 3, (8,)), torch.randn(8)
    o = m.net(obs)
    lp = F.log_softmax(o.logits, -1)[torch.arange(8), a]
    good = torch.allclose(m(obs=obs, action=a, returns=r), -(lp * (r - o.value[:, 0])).mean())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
