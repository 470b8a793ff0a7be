"""heads_merged_in_other_order

kind: silent   facet: axis   seen in: attention with einops
ideal static checker: split as (h d), merged as (d h)
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn


class Mixer(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_v = nn.Identity()

    def forward(self, x: Float[Tensor, "b n dim"]) -> Float[Tensor, "b n dim"]:
        v = rearrange(self.to_v(x), "b n (h d) -> b h n d", h=self.heads)
        return rearrange(v, "b h n d -> b n (h d)")


def main() -> None:
    torch.manual_seed(0)

    x = torch.randn(2, 5, 8)
    good = bool(torch.equal(Mixer(8, 2)(x), x))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
