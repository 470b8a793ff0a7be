"""C61 double_dqn: columns gathered and squeezed; the target of a whole batch. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class DoubleDqn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.online = nn.Linear(8, 4)
        self.target = nn.Linear(8, 4)

    def forward(
        self,
        *,
        s: Float[Tensor, "batch 8"],
        a: Int[Tensor, "batch"],
        r: Float[Tensor, "batch"],
        s2: Float[Tensor, "batch 8"],
        done: Float[Tensor, "batch"],
    ) -> Float[Tensor, ""]:
        q = self.online(s).gather(1, a.unsqueeze(-1)).squeeze(-1)
        with torch.no_grad():
            best = self.online(s2).argmax(dim=1, keepdim=True)
            target = r + 0.99 * (1 - done) * self.target(s2).gather(1, best).squeeze(-1)
        return F.smooth_l1_loss(q, target)


def main() -> None:
    torch.manual_seed(0)
    out = DoubleDqn()(
        s=torch.randn(6, 8), a=torch.randint(0, 4, (6,)), r=torch.randn(6), s2=torch.randn(6, 8), done=torch.zeros(6)
    )
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
