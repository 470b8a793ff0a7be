"""426 td_target_broadcast

kind: silent   facet: shape   seen in: datawhalechina/easy-rl#121, hungtuchen/pytorch-dqn#3
ideal static checker: reward "b" + gamma * "b 1" broadcasts to "b b"
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Critic(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.v = nn.Linear(8, 1)

    def forward(
        self,
        *,
        obs: Float[Tensor, "b 8"],
        nxt: Float[Tensor, "b 8"],
        reward: Float[Tensor, "b"],
        done: Float[Tensor, "b"],
    ) -> Float[Tensor, ""]:
        with torch.no_grad():
            target = reward + 0.99 * (1 - done) * self.v(nxt)  # BUG: (b,) and (b, 1)
        return F.smooth_l1_loss(self.v(obs), target)


def main() -> None:
    torch.manual_seed(0)
    m, o, n, r, d = Critic(), torch.randn(9, 8), torch.randn(9, 8), torch.randn(9), torch.zeros(9)
    ref = F.smooth_l1_loss(m.v(o)[:, 0], r + 0.99 * m.v(n)[:, 0])
    good = bool(torch.allclose(m(obs=o, nxt=n, reward=r, done=d), ref))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
