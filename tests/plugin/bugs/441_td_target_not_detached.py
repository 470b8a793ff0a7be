"""441 td_target_not_detached

kind: silent   facet: semantic   seen in: philtabor/Deep-Q-Learning-Paper-To-Code#9 and #16, OpenRL-Lab/openrl#136
ideal static checker: the TD target carries gradient into the network that makes it
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class DQN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(8, 4)

    def forward(
        self,
        *,
        obs: Float[Tensor, "b 8"],
        action: Int[Tensor, "b 1"],
        reward: Float[Tensor, "b 1"],
        next_obs: Float[Tensor, "b 8"],
    ) -> Float[Tensor, ""]:
        q = self.q(obs).gather(1, action)
        target = reward + 0.99 * self.q(next_obs).max(dim=1, keepdim=True).values
        return F.mse_loss(q, target)  # BUG: target.detach()


def main() -> None:
    torch.manual_seed(0)
    m, o, n = DQN(), torch.zeros(3, 8), torch.randn(3, 8)
    m(obs=o, action=torch.zeros(3, 1, dtype=torch.long), reward=torch.ones(3, 1), next_obs=n).backward()
    good = bool(m.q.weight.grad.abs().max() < 1e-9)  # obs is zero: only the target could move the weight
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
