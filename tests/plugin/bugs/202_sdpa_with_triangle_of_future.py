"""sdpa_with_triangle_of_future

kind: silent   facet: mask   seen in: rasbt/LLMs-from-scratch#1061
ideal static checker: scaled_dot_product_attention: True = keep, got triu(ones, 1), which is True for the future
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class MHA(nn.Module):
    mask: Tensor

    def __init__(self, d_in: int, d_out: int, heads: int, context: int) -> None:
        super().__init__()
        self.heads, self.d_out = heads, d_out
        self.qkv = nn.Linear(d_in, 3 * d_out)
        self.proj = nn.Linear(d_out, d_out)
        self.register_buffer("mask", torch.triu(torch.ones(context, context), diagonal=1).bool())

    def forward(self, x: Float[Tensor, "b t d_in"]) -> Float[Tensor, "b t d_out"]:
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, self.d_out // self.heads).permute(2, 0, 3, 1, 4)
        mask = self.mask[:t, :t]
        context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)  # BUG: True means "attend" here
        return self.proj(context.transpose(1, 2).reshape(b, t, self.d_out))


def main() -> None:
    torch.manual_seed(0)
    m, x = MHA(16, 16, 2, 8), torch.randn(1, 5, 16)
    y = x.clone()
    y[:, -1] = 0
    good = torch.allclose(m(x)[:, :-1], m(y)[:, :-1], atol=1e-6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
