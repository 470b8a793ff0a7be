"""optional_mask_of_wrong_rank

kind: crash   facet: shape   seen in: attention with an optional mask
ideal static checker: (b, t) against (b, h, t, t) meets heads and time
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class SelfAttention(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, dim * 3)

    def forward(self, x: Float[Tensor, "b t dim"], mask: Bool[Tensor, "b t"] | None = None) -> Tensor:
        b, t, dim = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(-1, -2)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], -1e9)
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, dim)


def main() -> None:
    torch.manual_seed(0)

    good = SelfAttention(8, 2)(torch.randn(3, 5, 8), torch.ones(3, 5, dtype=torch.bool)).shape == (3, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
