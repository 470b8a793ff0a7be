"""heads_do_not_divide

kind: crash   facet: shape   seen in: attention with a rounded head size
ideal static checker: 12 heads of 8 are 96, not 100
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.head_dim = d // heads
        self.qkv = nn.Linear(d, 3 * d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Tensor:
        b, t, _ = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.view(b, t, self.heads, self.head_dim).transpose(1, 2)
        k = k.view(b, t, self.heads, self.head_dim).transpose(1, 2)
        v = v.view(b, t, self.heads, self.head_dim).transpose(1, 2)
        return (q @ k.transpose(-2, -1)).softmax(-1) @ v


def build() -> Attention:
    return Attention(100, 12)  # BUG: 96


def main() -> None:
    torch.manual_seed(0)

    m = build()
    good = m(torch.randn(2, 5, m.qkv.in_features)).shape == (2, 12, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
