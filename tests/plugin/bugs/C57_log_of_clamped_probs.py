"""C57 log_of_clamped_probs: log(softmax + eps) is a log-probability. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.nll = nn.NLLLoss()

    def forward(self, *, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        p = F.softmax(self.fc(x), dim=1)
        entropy = -(p * (p + 1e-8).log()).sum(1).mean()
        return self.nll(p.clamp_min(1e-8).log(), y) - 0.01 * entropy


def main() -> None:
    torch.manual_seed(0)
    out = Loss()(x=torch.randn(4, 32), y=torch.randint(0, 10, (4,)))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
