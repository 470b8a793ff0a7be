"""484 masked_max_keeps_padding

kind: silent   facet: semantic   seen in: point clouds of unequal length padded to n, max pooling
ideal static checker: masked_fill with -inf takes True = throw away, got a ValidMask (True = keep)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class MaxPool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mlp = nn.Linear(3, 64)

    def forward(self, *, points: Float[Tensor, "b n 3"], valid_mask: Bool[Tensor, "b n"]) -> Float[Tensor, "b 64"]:
        h = torch.relu(self.mlp(points))
        h = h.masked_fill(valid_mask.unsqueeze(-1), float("-inf"))  # BUG: drops the real points
        return h.max(dim=1).values


def main() -> None:
    torch.manual_seed(0)
    m, x = MaxPool(), torch.randn(2, 6, 3)
    valid = torch.tensor([[True] * 4 + [False] * 2] * 2)
    good = bool(torch.allclose(m(points=x, valid_mask=valid), torch.relu(m.mlp(x[:, :4])).max(1).values))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
