"""mha_embed_dim

kind: crash   facet: shape   seen in: forum "was expecting embedding dimension of 512, but got 256"
ideal static checker: MultiheadAttention(512) gets 256
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj = nn.Linear(80, 256)
        self.attn = nn.MultiheadAttention(512, 8, batch_first=True)  # BUG: 256 come

    def forward(self, *, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t 256"]:
        h = self.proj(x)
        a, _ = self.attn(h, h, h, need_weights=False)
        return h + a


def main() -> None:
    torch.manual_seed(0)
    good = Block()(x=torch.randn(2, 5, 80)).shape == (2, 5, 256)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
