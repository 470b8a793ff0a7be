"""expert_tokens_normalized (fixed twin)

kind: silent   facet: axis   seen in: gabeur/mmt#1
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ReduceDim(nn.Module):
    def __init__(self, d_in: int, d_out: int) -> None:
        super().__init__()
        self.fc = nn.Linear(d_in, d_out)

    def forward(self, x: Float[Tensor, "batch time d_in"]) -> Float[Tensor, "batch time d_out"]:
        return F.normalize(self.fc(x), dim=-1)


def main() -> None:
    torch.manual_seed(0)
    out = ReduceDim(6, 4)(torch.randn(2, 3, 6))
    print("GOOD" if torch.allclose(out.norm(dim=-1), torch.ones(2, 3)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
