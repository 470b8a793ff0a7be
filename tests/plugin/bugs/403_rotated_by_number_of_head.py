"""403_rotated_by_number_of_head

kind: silent   facet: semantic   seen in: facebookresearch/xformers#841
ideal static checker: the sequence of "batch seq heads d" is axis 1; the tables are made for axis -2, the heads
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


def rotate_half(x: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


class RotaryEmbedding(NeuralModule):
    def __init__(self, *, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.register_buffer("inv_freq", 1.0 / (10000 ** (torch.arange(0, dim, 2).float() / dim)))

    inv_freq: Tensor

    def angles(self, positions: Tensor) -> Tensor:
        freqs = torch.outer(positions.float(), self.inv_freq)
        return torch.cat((freqs, freqs), dim=-1)

    def forward(
        self, *, q: Float[Tensor, "batch seq heads {self.dim}"], k: Float[Tensor, "batch seq heads {self.dim}"]
    ) -> tuple[Float[Tensor, "batch seq heads {self.dim}"], Float[Tensor, "batch seq heads {self.dim}"]]:
        angles = self.angles(torch.arange(q.shape[-2]))[None, None]  # BUG: one angle for each head
        cos, sin = angles.cos(), angles.sin()
        return q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin


class Attention(NeuralModule):
    def __init__(self, *, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)
        self.rotary = RotaryEmbedding(dim=d // heads)

    def forward(self, *, x: Float[Tensor, "batch seq d"]) -> Float[Tensor, "batch seq d"]:
        q, k, v = (part.unflatten(-1, (self.heads, -1)) for part in self.qkv(x).chunk(3, dim=-1))
        q, k = self.rotary(q=q, k=k)
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        return nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


def main() -> None:
    torch.manual_seed(0)
    q = torch.ones(1, 5, 2, 8)
    assert Attention(d=16, heads=2)(x=torch.randn(2, 5, 16)).shape == (2, 5, 16)
    out, _ = RotaryEmbedding(dim=8)(q=q, k=q)
    print("SILENT-WRONG" if torch.allclose(out[:, 1], out[:, 2]) else "GOOD")


if __name__ == "__main__":
    main()
