"""C126_softmax_over_points: attention pooling: the softmax runs over the points, not the features. A checker must stay silent."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(64, 1)

    def forward(
        self, *, x: Float[Tensor, "batch points 64"], padding_mask: Bool[Tensor, "batch points"]
    ) -> Float[Tensor, "batch 64"]:
        w = self.score(x).masked_fill(padding_mask[..., None], float("-inf"))
        return (torch.softmax(w, dim=1) * x).sum(dim=1)


def main() -> None:
    torch.manual_seed(0)
    out = AttentionPool()(x=torch.randn(2, 5, 64), padding_mask=torch.zeros(2, 5, dtype=torch.bool))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
