"""critic_of_columns_of_returns

kind: silent   facet: shape   seen in: RLinf/RLinf#1568
ideal static checker: values "b" (a squeezed head) against returns "b 1" broadcast to "b b"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ValueHead(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(width, 32), nn.Tanh())
        self.out = nn.Linear(32, 1)

    def forward(self, *, obs: Float[Tensor, "b width"]) -> Float[Tensor, "b"]:
        return self.out(self.trunk(obs)).squeeze(-1)


def critic_loss(
    head: ValueHead, obs: Float[Tensor, "b width"], old: Float[Tensor, "b 1"], returns: Float[Tensor, "b 1"]
) -> Float[Tensor, ""]:
    values = head(obs=obs)  # BUG: (b,) against (b, 1)
    clipped = old + (values - old).clamp(-0.2, 0.2)
    return torch.maximum((returns - values) ** 2, (returns - clipped) ** 2).mean()


def main() -> None:
    torch.manual_seed(0)
    head, obs, old, returns = ValueHead(4), torch.randn(8, 4), torch.randn(8, 1), torch.randn(8, 1)
    v = head(obs=obs)[:, None]
    ref = torch.maximum((returns - v) ** 2, (returns - (old + (v - old).clamp(-0.2, 0.2))) ** 2).mean()
    good = torch.allclose(critic_loss(head, obs, old, returns), ref)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
