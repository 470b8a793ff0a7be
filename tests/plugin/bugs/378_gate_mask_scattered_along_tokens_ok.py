"""378_gate_mask_scattered_along_tokens (fixed twin)

kind: silent   facet: semantic   seen in: kyegomez/SwitchTransformers#15
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SwitchGate(nn.Module):
    def __init__(self, dim: int, experts: int, capacity_factor: float = 1.0, epsilon: float = 1e-6) -> None:
        super().__init__()
        self.dim, self.experts = dim, experts
        self.capacity_factor, self.epsilon = capacity_factor, epsilon
        self.w_gate = nn.Linear(dim, experts)

    def forward(self, x: Float[Tensor, "batch tokens {self.dim}"]) -> Float[Tensor, "batch tokens {self.experts}"]:
        capacity = int(self.capacity_factor * x.size(0))
        scores = F.softmax(self.w_gate(x), dim=-1)
        _, chosen = scores.topk(1, dim=-1)
        mask = torch.zeros_like(scores).scatter_(2, chosen, 1)
        masked = scores * mask
        total = masked.sum(0, keepdim=True) + self.epsilon
        return masked / total * capacity


def main() -> None:
    torch.manual_seed(0)
    gates = SwitchGate(16, 4)(torch.randn(3, 8, 16))
    print("GOOD" if ((gates > 0).sum(-1) == 1).all() else "SILENT-WRONG")


if __name__ == "__main__":
    main()
