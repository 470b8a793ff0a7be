"""attention_output_into_image (fixed twin)

kind: silent   facet: layout   seen in: leaderj1001/Attention-Augmented-Conv2d#21
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class AugmentedConv(nn.Module):
    def __init__(self, c: int, dk: int, dv: int, heads: int) -> None:
        super().__init__()
        self.dk, self.dv, self.heads = dk, dv, heads
        self.qkv = nn.Conv2d(c, 2 * dk + dv, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b dv h w"]:
        b, _, h, w = x.shape
        q, k, v = torch.split(self.qkv(x), [self.dk, self.dk, self.dv], dim=1)
        q = q.reshape(b, self.heads, self.dk // self.heads, h * w)
        k = k.reshape(b, self.heads, self.dk // self.heads, h * w)
        v = v.reshape(b, self.heads, self.dv // self.heads, h * w)
        weights = torch.softmax(q.transpose(2, 3) @ k, dim=-1)
        out = weights @ v.transpose(2, 3)
        return out.transpose(2, 3).reshape(b, self.dv, h, w)


def main() -> None:
    torch.manual_seed(0)
    m, x = AugmentedConv(4, 4, 6, 2), torch.randn(1, 4, 3, 3)
    flipped = m(x.flip(-1)).flip(-1)
    print("GOOD" if torch.allclose(m(x), flipped, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
