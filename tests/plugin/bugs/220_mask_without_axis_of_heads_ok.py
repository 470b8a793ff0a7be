"""mask_without_axis_of_heads (fixed twin)

kind: crash   facet: shape   seen in: hyunwoongko/transformer#32
ideal static checker: nothing (clean)
"""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class ScaleDotProductAttention(nn.Module):
    def forward(
        self,
        q: Float[Tensor, "b heads t d"],
        k: Float[Tensor, "b heads t d"],
        v: Float[Tensor, "b heads t d"],
        mask: Bool[Tensor, "b t t"],
    ) -> Float[Tensor, "b heads t d"]:
        score = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
        score = score.masked_fill(~mask.unsqueeze(1), -10000)
        return torch.softmax(score, dim=-1) @ v


def main() -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 4, 5, 8)
    out = ScaleDotProductAttention()(q, k, v, torch.ones(2, 5, 5, dtype=torch.bool))
    print("GOOD" if out.shape == (2, 4, 5, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
