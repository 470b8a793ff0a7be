"""390_normalized_over_items_too

kind: silent   facet: semantic   seen in: Qualcomm-AI-research/geometric-algebra-transformer#8
ideal static checker: layer_norm over x.shape[1:] takes the time axis in; the last axis is wanted
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class FeedForward(NeuralModule):
    def __init__(self, *, d: int, factor: int = 4) -> None:
        super().__init__()
        self.inner = nn.Linear(d, factor * d)
        self.outer = nn.Linear(factor * d, d)

    def forward(self, *, x: Float[Tensor, "batch time d"]) -> Float[Tensor, "batch time d"]:
        h = F.layer_norm(x, x.shape[1:])  # BUG: all axes but the batch
        return x + self.outer(F.gelu(self.inner(h)))


class BaselineTransformer(NeuralModule):
    def __init__(self, *, d: int = 16, heads: int = 2, layers: int = 2) -> None:
        super().__init__()
        self.attention = nn.ModuleList([nn.MultiheadAttention(d, heads, batch_first=True) for _ in range(layers)])
        self.mlps = nn.ModuleList([FeedForward(d=d) for _ in range(layers)])

    def forward(self, *, x: Float[Tensor, "batch time 16"]) -> Float[Tensor, "batch time 16"]:
        for attend, mlp in zip(self.attention, self.mlps, strict=True):
            x = x + attend(x, x, x, need_weights=False)[0]
            x = mlp(x=x)
        return x


def main() -> None:
    torch.manual_seed(0)
    mlp, x = FeedForward(d=8), torch.randn(2, 5, 8)
    assert BaselineTransformer()(x=torch.randn(2, 5, 16)).shape == (2, 5, 16)
    print("GOOD" if torch.allclose(mlp(x=x)[:, :1], mlp(x=x[:, :1]), atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
