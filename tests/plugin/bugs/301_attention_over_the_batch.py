"""301 attention_over_the_batch

kind: silent   facet: axis   seen in: pytorch forum "nn.MultiheadAttention attends over the batch", songyangco/GETNext#2
ideal static checker: nn.MultiheadAttention(batch_first=False) expects (time, batch, feature), got (batch, time, feature)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(embed_dim=64, num_heads=4)  # BUG: batch_first=True missing
        self.norm = nn.LayerNorm(64)

    def forward(self, *, x: Float[Tensor, "batch time 64"]) -> Float[Tensor, "batch time 64"]:
        h, _ = self.attn(x, x, x, need_weights=False)
        return self.norm(x + h)


def main() -> None:
    torch.manual_seed(0)
    m, x = Block().eval(), torch.randn(3, 5, 64)
    x2 = x.clone()
    x2[0] = 0.0
    good = bool(torch.allclose(m(x=x)[1], m(x=x2)[1], atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
