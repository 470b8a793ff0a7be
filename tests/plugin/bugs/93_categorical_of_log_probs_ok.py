"""categorical_of_log_probs (fixed twin)

kind: silent   facet: semantic   seen in: policy gradients: Categorical(log_softmax)
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
        self.fc = nn.Linear(4, 2)

    def forward(self, *, state: Float[Tensor, "b 4"], action: Int[Tensor, "b"]) -> Float[Tensor, "b"]:
        scores = F.log_softmax(self.fc(state), dim=-1)
        return Categorical(logits=scores).log_prob(action)


def main() -> None:
    torch.manual_seed(0)
    m, s, a = Policy(), torch.randn(3, 4), torch.tensor([0, 1, 1])
    good = bool(torch.allclose(m(state=s, action=a), Categorical(logits=m.fc(s)).log_prob(a)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
