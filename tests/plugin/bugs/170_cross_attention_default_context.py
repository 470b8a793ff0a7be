"""cross_attention_default_context

kind: crash   facet: shape   seen in: attention blocks with an optional context
ideal static checker: q @ k needs k transposed
"""

from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn


V = TypeVar("V")


def exists(value: object) -> bool:
    return value is not None


def default(value: V | None, other: V) -> V:
    return value if value is not None else other


class CrossAttention(nn.Module):
    def __init__(self, dim: int, inner: int) -> None:
        super().__init__()
        self.to_q = nn.Linear(dim, inner, bias=False)
        self.to_kv = nn.Linear(dim, inner * 2, bias=False)
        self.to_out = nn.Linear(inner, dim)

    def forward(
        self,
        x: Float[Tensor, "b n dim"],
        context: Float[Tensor, "b n dim"] | None = None,
    ) -> Tensor:
        context = default(context, x)
        q = self.to_q(x)
        k, v = self.to_kv(context).chunk(2, dim=-1)
        scores = q @ k  # BUG: not transposed
        return self.to_out(scores.softmax(dim=-1) @ v)


def main() -> None:
    torch.manual_seed(0)

    good = CrossAttention(8, 16)(torch.randn(2, 5, 8)).shape == (2, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
