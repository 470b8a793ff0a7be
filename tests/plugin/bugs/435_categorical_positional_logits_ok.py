"""435 categorical_positional_logits (fixed twin)

kind: crash   facet: semantic   seen in: ekapolc/RL_course_2019#6, keiohta/tf2rl#140
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pi = nn.Linear(8, 4)

    def forward(self, *, obs: Float[Tensor, "b 8"], action: Int[Tensor, "b"]) -> Float[Tensor, "b"]:
        return Categorical(logits=self.pi(obs)).log_prob(action)


def main() -> None:
    torch.manual_seed(0)
    m, x, a = Policy(), torch.randn(5, 8), torch.randint(0, 4, (5,))
    good = bool(torch.allclose(m(obs=x, action=a), -F.cross_entropy(m.pi(x), a, reduction="none"), atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
