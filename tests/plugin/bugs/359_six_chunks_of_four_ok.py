"""359 six_chunks_of_four (fixed twin)

kind: crash   facet: shape   seen in: DiT ports: "The size of tensor a (64) must match the size of tensor b (43)"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    return x * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


class DiTBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(64, elementwise_affine=False)
        self.norm2 = nn.LayerNorm(64, elementwise_affine=False)
        self.attn = nn.MultiheadAttention(64, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64))
        self.ada = nn.Sequential(nn.SiLU(), nn.Linear(64, 6 * 64))

    def forward(self, x: Float[Tensor, "b t 64"], c: Float[Tensor, "b 64"]) -> Float[Tensor, "b t 64"]:
        shift1, scale1, gate1, shift2, scale2, gate2 = self.ada(c).chunk(6, dim=1)
        h = modulate(self.norm1(x), shift1, scale1)
        x = x + gate1.unsqueeze(1) * self.attn(h, h, h, need_weights=False)[0]
        h = modulate(self.norm2(x), shift2, scale2)
        return x + gate2.unsqueeze(1) * self.mlp(h)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if DiTBlock()(torch.randn(2, 5, 64), torch.randn(2, 64)).shape == (2, 5, 64) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
