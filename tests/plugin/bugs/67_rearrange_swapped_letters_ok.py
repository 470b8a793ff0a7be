"""rearrange_swapped_letters (fixed twin)

kind: silent   facet: axis   seen in: einops, heads in front
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn


class Split(nn.Module):
    def forward(self, *, qkv: Float[Tensor, "b t 3*64"]) -> Float[Tensor, "b 8 t 8"]:
        q, k, v = rearrange(qkv, "b t (three h d) -> three b h t d", three=3, h=8)
        return F.scaled_dot_product_attention(q, k, v)


def main() -> None:
    torch.manual_seed(0)
    good = Split()(qkv=torch.randn(2, 5, 192)).shape == (2, 8, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
