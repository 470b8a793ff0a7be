"""332 rotary_cache_cut_at_heads (fixed twin)

kind: crash   facet: shape   seen in: labmlai/annotated_deep_learning_paper_implementations#249
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Rotary(nn.Module):
    cos: Tensor
    sin: Tensor

    def __init__(self, d_head: int, max_len: int = 512, base: float = 10_000.0) -> None:
        super().__init__()
        inv_freq = 1.0 / base ** (torch.arange(0, d_head, 2).float() / d_head)
        angles = torch.outer(torch.arange(max_len).float(), inv_freq)
        angles = torch.cat([angles, angles], dim=-1)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def rotate_half(self, x: Float[Tensor, "b heads t d"]) -> Float[Tensor, "b heads t d"]:
        left, right = x.chunk(2, dim=-1)
        return torch.cat([-right, left], dim=-1)

    def forward(self, x: Float[Tensor, "b heads t d"]) -> Float[Tensor, "b heads t d"]:
        n = x.shape[2]
        return x * self.cos[:n] + self.rotate_half(x) * self.sin[:n]


def main() -> None:
    torch.manual_seed(0)
    out = Rotary(16)(torch.randn(2, 4, 10, 16))
    print("GOOD" if out.shape == (2, 4, 10, 16) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
