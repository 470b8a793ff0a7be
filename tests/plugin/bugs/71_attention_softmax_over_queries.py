"""attention_softmax_over_queries

kind: silent   facet: axis   seen in: hand-written attention
ideal static checker: softmax over the queries instead of the keys
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Attention(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "batch queries 64"],
        k: Float[Tensor, "batch keys 64"],
        v: Float[Tensor, "batch keys 64"],
    ) -> Float[Tensor, "batch queries 64"]:
        scores = q @ k.transpose(-2, -1) / math.sqrt(64)
        weights = scores.softmax(dim=1)  # BUG: dim=-1
        return weights @ v


def main() -> None:
    torch.manual_seed(0)
    v = torch.ones(2, 5, 64)
    good = bool(
        torch.allclose(Attention()(q=torch.randn(2, 3, 64), k=torch.randn(2, 5, 64), v=v), torch.ones(2, 3, 64))
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
