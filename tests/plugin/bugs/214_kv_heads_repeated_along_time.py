"""kv_heads_repeated_along_time

kind: crash   facet: axis   seen in: PrimeIntellect-ai/prime-rl#2681, ByteDance-Seed/VeOmni#162
ideal static checker: repeat_interleave(dim=1) of "b t kv d" repeats time
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self, d_model: int, heads: int, kv_heads: int) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = heads, kv_heads, d_model // heads
        self.groups = heads // kv_heads
        self.q = nn.Linear(d_model, heads * self.head_dim)
        self.k = nn.Linear(d_model, kv_heads * self.head_dim)
        self.v = nn.Linear(d_model, kv_heads * self.head_dim)
        self.o = nn.Linear(heads * self.head_dim, d_model)

    def forward(self, x: Float[Tensor, "b t d_model"]) -> Float[Tensor, "b t d_model"]:
        b, t, _ = x.shape
        q = self.q(x).view(b, t, self.heads, self.head_dim)
        k = self.k(x).view(b, t, self.kv_heads, self.head_dim)
        v = self.v(x).view(b, t, self.kv_heads, self.head_dim)
        k = k.repeat_interleave(self.groups, dim=1)  # BUG: axis 1 is time, the heads are axis 2
        v = v.repeat_interleave(self.groups, dim=1)
        out = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), is_causal=True)
        return self.o(out.transpose(1, 2).reshape(b, t, self.heads * self.head_dim))


def main() -> None:
    torch.manual_seed(0)
    out = Attention(32, 4, 2)(torch.randn(2, 5, 32))
    print("GOOD" if out.shape == (2, 5, 32) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
