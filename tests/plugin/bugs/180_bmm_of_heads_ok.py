"""bmm_of_heads

kind: crash   facet: shape   seen in: attention written with bmm
ideal static checker: bmm takes tensors with three axes
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Heads(nn.Module):
    def __init__(self, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Tensor:
        b, t, d = x.shape
        q, k, v = (p.view(b, t, self.heads, -1).transpose(1, 2) for p in self.qkv(x).chunk(3, dim=-1))
        weights = F.softmax(q @ k.transpose(2, 3), dim=-1)
        return torch.matmul(weights, v).transpose(1, 2).reshape(b, t, d)


def main() -> None:
    torch.manual_seed(0)

    good = Heads(8, 2)(torch.randn(2, 5, 8)).shape == (2, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
