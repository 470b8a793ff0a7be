"""C130 gqa_repeat_kv: grouped queries, keys repeated per group with expand and reshape. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Attn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(128, 8 * 16)
        self.kv = nn.Linear(128, 2 * 2 * 16)

    def forward(self, *, x: Float[Tensor, "b t 128"]) -> Float[Tensor, "b t 128"]:
        b, t, _ = x.shape
        q = self.q(x).view(b, t, 8, 16).transpose(1, 2)
        k, v = self.kv(x).view(b, t, 2, 2, 16).permute(2, 0, 3, 1, 4).unbind(0)
        k = k[:, :, None].expand(b, 2, 4, t, 16).reshape(b, 8, t, 16)
        v = v.repeat_interleave(4, dim=1)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return out.transpose(1, 2).flatten(2)


def main() -> None:
    torch.manual_seed(0)
    out = Attn()(x=torch.randn(2, 5, 128))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
