"""311 pooling_weights_without_feature_axis (fixed twin)

kind: crash   facet: shape   seen in: attention pooling, "The size of tensor a (64) must match the size of tensor b (5) at non-singleton dimension 2"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(64, 1)

    def forward(self, *, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b 64"]:
        w = torch.softmax(self.score(x).squeeze(-1), dim=1)
        return (x * w.unsqueeze(-1)).sum(dim=1)


def main() -> None:
    torch.manual_seed(0)
    out = AttentionPool()(x=torch.randn(2, 5, 64))
    good = out.shape == (2, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
