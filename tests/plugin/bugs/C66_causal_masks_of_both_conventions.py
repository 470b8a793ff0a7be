"""C66 causal_masks_of_both_conventions: True hides in a module of torch, and shows in scaled_dot_product_attention. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class TwoWays(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.att = nn.MultiheadAttention(64, 4, batch_first=True)

    def forward(self, *, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b t 64"]:
        t = x.size(1)
        future = torch.triu(torch.ones(t, t, dtype=torch.bool), diagonal=1)
        one, _ = self.att(x, x, x, attn_mask=future)
        heads = x.view(-1, t, 4, 16).transpose(1, 2)
        two = F.scaled_dot_product_attention(heads, heads, heads, attn_mask=torch.tril(torch.ones(t, t)).bool())
        return one + two.transpose(1, 2).flatten(2)


def main() -> None:
    torch.manual_seed(0)
    out = TwoWays()(x=torch.randn(2, 5, 64))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
