"""286 heads_merged_to_model_width_of_config (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "shape '[2, 10, 512]' is invalid for input of size 1280"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.n_heads = 4
        self.head_dim = 16
        self.qkv = nn.Linear(64, 3 * 64)
        self.out = nn.Linear(64, 64)

    def forward(self, *, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b t 64"]:
        b, t, c = x.shape
        q, k, v = self.qkv(x).split(64, dim=2)
        q = q.view(b, t, self.n_heads, self.head_dim).transpose(1, 2)
        k = k.view(b, t, self.n_heads, self.head_dim).transpose(1, 2)
        v = v.view(b, t, self.n_heads, self.head_dim).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v)
        y = y.transpose(1, 2).contiguous().view(b, t, c)
        return self.out(y)


def main() -> None:
    torch.manual_seed(0)
    out = Attention()(x=torch.randn(2, 10, 64))
    good = out.shape == (2, 10, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
