"""345 heads_from_the_axis_of_time (fixed twin)

kind: crash   facet: shape   seen in: "Shape mismatch, can't divide axis of length 10 in chunks of 8" of einops users
ideal static checker: nothing (clean)
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self, dim: int = 512, heads: int = 8) -> None:
        super().__init__()
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.to_qkv = nn.Linear(512, 512 * 3, bias=False)
        self.to_out = nn.Linear(512, 512)

    def forward(self, x: Float[Tensor, "b t 512"]) -> Float[Tensor, "b t 512"]:
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        q = rearrange(q, "b t (h d) -> b h t d", h=8)
        k = rearrange(k, "b t (h d) -> b h t d", h=8)
        v = rearrange(v, "b t (h d) -> b h t d", h=8)
        attn = (q @ k.transpose(-1, -2) * self.scale).softmax(dim=-1)
        return self.to_out(rearrange(attn @ v, "b h t d -> b t (h d)"))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if Attention()(torch.randn(2, 10, 512)).shape == (2, 10, 512) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
