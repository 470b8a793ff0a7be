"""435 categorical_positional_logits

kind: crash   facet: semantic   seen in: ekapolc/RL_course_2019#6, keiohta/tf2rl#140
ideal static checker: Categorical's first argument is probs, got Logits
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
        return Categorical(self.pi(obs)).log_prob(action)  # BUG: the first argument is probs


def main() -> None:
    torch.manual_seed(0)
    m, x, a = Policy(), torch.randn(5, 8), torch.randint(0, 4, (5,))
    good = bool(torch.allclose(m(obs=x, action=a), -F.cross_entropy(m.pi(x), a, reduction="none"), atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
