"""rotary_complex: rotary positions by complex multiplication and by rotated halves. A checker must stay silent."""

import torch
from jaxtyping import Complex64, Float, Float32
from torch import Tensor, nn


def frequencies(dim: int, length: int, theta: float = 10000.0) -> Complex64[Tensor, "{length} {dim}//2"]:
    rate = 1.0 / theta ** (torch.arange(0, dim, 2)[: dim // 2].float() / dim)
    angle = torch.outer(torch.arange(length).float(), rate)
    return torch.polar(torch.ones_like(angle), angle)


def rotate(x: Float32[Tensor, "b t heads d"], table: Complex64[Tensor, "t d//2"]) -> Float32[Tensor, "b t heads d"]:
    pairs = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    turned = torch.view_as_real(pairs * table[None, :, None, :]).flatten(3)
    return turned.type_as(x)


def rotate_half(x: Float[Tensor, "*lead d"]) -> Float[Tensor, "*lead d"]:
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


def rotate_by_halves(
    x: Float[Tensor, "b heads t d"], cos: Float[Tensor, "t d"], sin: Float[Tensor, "t d"]
) -> Float[Tensor, "b heads t d"]:
    return x * cos + rotate_half(x) * sin


class Rotary(nn.Module):
    table: Tensor

    def __init__(self, head_dim: int, max_len: int = 64) -> None:
        super().__init__()
        self.register_buffer("table", frequencies(head_dim, max_len), persistent=False)

    def forward(
        self, q: Float32[Tensor, "b t heads d"], k: Float32[Tensor, "b t kv d"], start: int = 0
    ) -> tuple[Float32[Tensor, "b t heads d"], Float32[Tensor, "b t kv d"]]:
        table = self.table[start : start + q.shape[1]]
        return rotate(q, table), rotate(k, table)


def main() -> None:
    torch.manual_seed(0)
    q, k = Rotary(8)(torch.randn(2, 5, 4, 8), torch.randn(2, 5, 2, 8), 3)
    angle = torch.randn(5, 8)
    out = rotate_by_halves(q.transpose(1, 2), angle.cos(), angle.sin())
    print("GOOD", tuple(q.shape), tuple(k.shape), tuple(out.shape))


if __name__ == "__main__":
    main()
