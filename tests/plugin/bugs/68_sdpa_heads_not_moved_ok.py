"""sdpa_heads_not_moved (fixed twin)

kind: silent   facet: axis   seen in: F.scaled_dot_product_attention with "b t h d"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SelfAttention(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, *, x: Float[Tensor, "b t dim"]) -> Float[Tensor, "b t dim"]:
        b, t, d = x.shape
        q, k, v = (y.view(b, t, self.heads, d // self.heads) for y in self.qkv(x).chunk(3, dim=-1))
        y = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)).transpose(1, 2)
        return self.out(y.reshape(b, t, d))


def main() -> None:
    torch.manual_seed(0)
    m, x = SelfAttention(16, 2).eval(), torch.randn(1, 4, 16)
    x2 = x.clone()
    x2[:, 0] = 0
    good = not torch.allclose(m(x=x)[:, 1], m(x=x2)[:, 1])
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
