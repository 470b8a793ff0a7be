"""439 entropy_from_logits (fixed twin)

kind: silent   facet: semantic   seen in: actor-critic ports: entropy bonus of raw outputs
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Bonus(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pi = nn.Linear(8, 4)

    def forward(self, *, obs: Float[Tensor, "b 8"]) -> Float[Tensor, ""]:
        logits = self.pi(obs)
        p = F.softmax(logits, dim=-1)
        entropy = -(p * F.log_softmax(logits, dim=-1)).sum(-1)
        return entropy.mean()


def main() -> None:
    torch.manual_seed(0)
    m, x = Bonus(), torch.randn(5, 8)
    ref = torch.distributions.Categorical(logits=m.pi(x)).entropy().mean()
    good = bool(torch.allclose(m(obs=x), ref, atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
