"""464 dqn_gather_column (fixed twin)

kind: silent   facet: shape   seen in: hungtuchen/pytorch-dqn#3, DeepReinforcementLearning/DeepReinforcementLearningInAction#15
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class TDLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(8, 4)

    def forward(
        self,
        *,
        obs: Float[Tensor, "b 8"],
        nxt: Float[Tensor, "b 8"],
        action: Int[Tensor, "b"],
        reward: Float[Tensor, "b"],
    ) -> Float[Tensor, ""]:
        q = self.q(obs).gather(1, action.unsqueeze(1)).squeeze(1)
        target = reward + 0.99 * self.q(nxt).max(dim=1).values.detach()
        return F.smooth_l1_loss(q, target)


def main() -> None:
    torch.manual_seed(0)
    m = TDLoss()
    o, n, a, r = torch.randn(8, 8), torch.randn(8, 8), torch.randint(0, 4, (8,)), torch.randn(8)
    ref = F.smooth_l1_loss(m.q(o)[torch.arange(8), a], r + 0.99 * m.q(n).max(1).values)
    good = bool(torch.allclose(m(obs=o, nxt=n, action=a, reward=r), ref))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
