"""mha_batch_first_default

kind: silent   facet: axis   seen in: forum, attention mixes the batch
ideal static checker: MultiheadAttention(batch_first=False) takes (time, batch, feature)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(64, 4)  # BUG: batch_first=True missing
        self.norm = nn.LayerNorm(64)

    def forward(self, *, x: Float[Tensor, "batch seq 64"]) -> Float[Tensor, "batch seq 64"]:
        y, _ = self.attn(x, x, x)
        return self.norm(x + y)


def main() -> None:
    torch.manual_seed(0)
    m, x = Block(), torch.randn(3, 5, 64)
    x2 = x.clone()
    x2[0] = 0
    good = bool(torch.allclose(m(x=x)[1], m(x=x2)[1], atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
