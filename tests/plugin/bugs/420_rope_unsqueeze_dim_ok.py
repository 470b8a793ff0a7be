"""420 rope_unsqueeze_dim (fixed twin)

kind: crash   facet: axis   seen in: rasbt/LLMs-from-scratch#411, facebookresearch/xformers#841
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Rope(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "batch 4 time 16"],
        cos: Float[Tensor, "time 16"],
        sin: Float[Tensor, "time 16"],
    ) -> Float[Tensor, "batch 4 time 16"]:
        cos, sin = cos.unsqueeze(0), sin.unsqueeze(0)
        x1, x2 = q.chunk(2, dim=-1)
        rotated = torch.cat((-x2, x1), dim=-1)
        return q * cos + rotated * sin


def main() -> None:
    torch.manual_seed(0)
    out = Rope()(q=torch.randn(2, 4, 6, 16), cos=torch.randn(6, 16), sin=torch.randn(6, 16))
    good = out.shape == (2, 4, 6, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
