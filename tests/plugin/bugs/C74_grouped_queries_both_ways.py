"""C74 grouped_queries_both_ways: groups of heads by expand, by repeat_interleave and by an axis of their own. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import EncodedRepresentation


class GroupedAttention(nn.Module):
    def __init__(self, dim: int = 512, heads: int = 8, groups: int = 2) -> None:
        super().__init__()
        self.heads, self.groups, self.width = heads, groups, dim // heads
        self.wq = nn.Linear(dim, heads * self.width, bias=False)
        self.wkv = nn.Linear(dim, 2 * groups * self.width, bias=False)
        self.wo = nn.Linear(dim, dim, bias=False)

    def forward(
        self, x: NeuralType[Float[Tensor, "b t dim"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b t dim"], EncodedRepresentation]:
        b, t, _ = x.shape
        q = self.wq(x).view(b, t, self.heads, self.width).transpose(1, 2)
        k, v = self.wkv(x).view(b, t, 2, self.groups, self.width).permute(2, 0, 3, 1, 4).unbind(0)
        times = self.heads // self.groups
        by_repeat = F.scaled_dot_product_attention(
            q, k.repeat_interleave(times, dim=1), v.repeat_interleave(times, dim=1), is_causal=True
        )
        k5, v5 = k.unsqueeze(2), v.unsqueeze(2)
        q5 = q.view(b, self.groups, times, t, self.width)
        scores = q5 @ k5.transpose(-1, -2) / math.sqrt(self.width)
        future = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1)
        by_axis = (scores.masked_fill(future, float("-inf")).softmax(-1) @ v5).flatten(1, 2)
        assert torch.allclose(by_repeat, by_axis, atol=1e-4)
        return self.wo(by_axis.transpose(1, 2).reshape(b, t, -1))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD", tuple(GroupedAttention()(torch.randn(2, 5, 512)).shape))


if __name__ == "__main__":
    main()
