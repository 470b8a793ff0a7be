"""q_max_with_keepdim

kind: silent   facet: shape   seen in: DQN ports
ideal static checker: max(1, keepdim) gives "b 1", rewards are "b"
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Dqn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))

    def loss(
        self,
        state: Float[Tensor, "b 4"],
        action: Int[Tensor, "b"],
        reward: Float[Tensor, "b"],
        following: Float[Tensor, "b 4"],
    ) -> Float[Tensor, ""]:
        q = self.net(state).gather(1, action.unsqueeze(1)).squeeze(1)
        best = self.net(following).max(dim=1, keepdim=True).values  # BUG: no keepdim
        return F.smooth_l1_loss(q, reward + 0.99 * best.detach())


def main() -> None:
    torch.manual_seed(0)
    m, s, a, r = Dqn(), torch.randn(5, 4), torch.tensor([0, 1, 0, 1, 1]), torch.randn(5)
    want = F.smooth_l1_loss(m.net(s)[torch.arange(5), a], r + 0.99 * m.net(s).max(1).values)
    good = bool(torch.allclose(m.loss(s, a, r, s), want))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
