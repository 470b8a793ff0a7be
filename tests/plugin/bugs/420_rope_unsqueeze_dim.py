"""420 rope_unsqueeze_dim

kind: crash   facet: axis   seen in: rasbt/LLMs-from-scratch#411, facebookresearch/xformers#841
ideal static checker: "time 1 16" against "batch 4 time 16": the table's time axis meets the heads
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
        cos, sin = cos.unsqueeze(1), sin.unsqueeze(1)
        x1, x2 = q.chunk(2, dim=-1)
        rotated = torch.cat((-x2, x1), dim=-1)
        return q * cos + rotated * sin  # BUG: (time, 1, 16): q has its heads at axis 1


def main() -> None:
    torch.manual_seed(0)
    out = Rope()(q=torch.randn(2, 4, 6, 16), cos=torch.randn(6, 16), sin=torch.randn(6, 16))
    good = out.shape == (2, 4, 6, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
