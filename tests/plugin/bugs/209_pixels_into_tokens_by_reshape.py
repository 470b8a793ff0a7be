"""pixels_into_tokens_by_reshape

kind: silent   facet: layout   seen in: zzr-idam/UVM-Net#6
ideal static checker: reshape(b, -1, c) of "b c h w": the channels come before the pixels
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)
        self.norm = nn.LayerNorm(c)
        self.mix = nn.Linear(c, c)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        b, c, h, w = x.shape
        x = self.conv(x) + x
        tokens = self.norm(x.reshape(b, -1, c))  # BUG: no permute
        return x + self.mix(tokens).reshape(b, c, h, w)


def main() -> None:
    torch.manual_seed(0)
    m, x = Block(4), torch.randn(2, 4, 3, 3)
    y = m.conv(x) + x
    ref = y + m.mix(m.norm(y.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
    print("GOOD" if torch.allclose(m(x), ref, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
