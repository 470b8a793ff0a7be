"""298 output_projection_of_one_head (fixed twin)

kind: crash   facet: shape   seen in: transformer ports, symbolic sizes
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class MultiHead(nn.Module):
    def __init__(self, d_model: int, n_heads: int, d_k: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.d_k = d_k
        self.w_q = nn.Linear(d_model, n_heads * d_k)
        self.w_k = nn.Linear(d_model, n_heads * d_k)
        self.w_v = nn.Linear(d_model, n_heads * d_k)
        self.w_o = nn.Linear(n_heads * d_k, d_model)

    def forward(self, *, x: Float[Tensor, "b t d_model"]) -> Float[Tensor, "b t d_model"]:
        b, t, _ = x.shape
        q = self.w_q(x).view(b, t, self.n_heads, self.d_k).transpose(1, 2)
        k = self.w_k(x).view(b, t, self.n_heads, self.d_k).transpose(1, 2)
        v = self.w_v(x).view(b, t, self.n_heads, self.d_k).transpose(1, 2)
        out = F.scaled_dot_product_attention(q, k, v)
        out = out.transpose(1, 2).reshape(b, t, self.n_heads * self.d_k)
        return self.w_o(out)


def main() -> None:
    torch.manual_seed(0)
    out = MultiHead(32, 4, 8)(x=torch.randn(2, 5, 32))
    good = out.shape == (2, 5, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
