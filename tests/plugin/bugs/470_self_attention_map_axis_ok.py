"""470 self_attention_map_axis (fixed twin)

kind: silent   facet: axis   seen in: heykeetae/Self-Attention-GAN#54, brain-research/self-attention-gan#17
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SelfAttn2d(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Conv2d(64, 8, 1)
        self.key = nn.Conv2d(64, 8, 1)
        self.value = nn.Conv2d(64, 64, 1)

    def forward(self, *, x: Float[Tensor, "b 64 h w"]) -> Float[Tensor, "b 64 h w"]:
        q = self.query(x).flatten(2).transpose(1, 2)
        k = self.key(x).flatten(2)
        v = self.value(x).flatten(2).transpose(1, 2)
        att = torch.softmax(torch.bmm(q, k), dim=2)
        out = torch.bmm(att, v)
        return x + out.transpose(1, 2).reshape(x.shape)


def main() -> None:
    torch.manual_seed(0)
    m, x = SelfAttn2d(), torch.randn(2, 64, 3, 4)
    nn.init.zeros_(m.value.weight)
    nn.init.ones_(m.value.bias)
    good = bool(torch.allclose(m(x=x) - x, torch.ones_like(x), atol=1e-5))  # a mean of ones is one
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
