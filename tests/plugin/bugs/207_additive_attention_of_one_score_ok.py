"""additive_attention_of_one_score (fixed twin)

kind: silent   facet: axis   seen in: Amshaker/SwiftFormer#2
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class AdditiveAttention(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.to_query = nn.Linear(d, d)
        self.w_g = nn.Parameter(torch.randn(d, 1))
        self.scale = d**-0.5

    def forward(self, x: Float[Tensor, "b n d"]) -> Float[Tensor, "b d"]:
        query = self.to_query(x)
        weight = query @ self.w_g * self.scale
        weight = weight.softmax(dim=1)
        return (weight * query).sum(dim=1)


def main() -> None:
    torch.manual_seed(0)
    m, x = AdditiveAttention(8), torch.randn(2, 5, 8)
    q = m.to_query(x)
    ref = ((q @ m.w_g * m.scale).softmax(1) * q).sum(1)
    print("GOOD" if torch.allclose(m(x), ref) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
