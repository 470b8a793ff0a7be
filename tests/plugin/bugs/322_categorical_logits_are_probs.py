"""322 categorical_logits_are_probs

kind: silent   facet: semantic   seen in: tensorpack/tensorpack#197 (logits named so, softmax applied), forum on Categorical
ideal static checker: Categorical(logits=...) expects Logits, got Probs
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Categorical


class Actor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 64), nn.Tanh(), nn.Linear(64, 4), nn.Softmax(dim=-1))

    def forward(self, *, state: Float[Tensor, "b 8"]) -> Float[Tensor, "b"]:
        dist = Categorical(logits=self.net(state))  # BUG: probs=
        return dist.entropy()


def main() -> None:
    torch.manual_seed(0)
    m, x = Actor(), 10 * torch.randn(16, 8)
    p = m.net(x)
    good = bool(torch.allclose(m(state=x), -(p * p.log()).sum(-1), atol=1e-5))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
