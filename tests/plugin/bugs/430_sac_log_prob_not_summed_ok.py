"""430 sac_log_prob_not_summed (fixed twin)

kind: silent   facet: shape   seen in: thu-ml/tianshou#40
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal


class Target(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mu = nn.Linear(16, 6)
        self.q = nn.Linear(16 + 6, 1)

    def forward(self, *, obs: Float[Tensor, "b 16"]) -> Float[Tensor, "b 1"]:
        dist = Normal(self.mu(obs), 1.0)
        action = dist.rsample()
        log_prob = dist.log_prob(action).sum(dim=-1, keepdim=True)
        return self.q(torch.cat((obs, action), dim=-1)) - 0.2 * log_prob


def main() -> None:
    torch.manual_seed(0)
    out = Target()(obs=torch.randn(5, 16))
    good = out.shape == (5, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
