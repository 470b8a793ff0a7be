"""einops_everywhere: rearrange, repeat, reduce and einsum, layers of einops in a Sequential. A checker must stay silent."""

import torch
from einops import einsum, rearrange, reduce, repeat
from einops.layers.torch import Rearrange, Reduce
from jaxtyping import Float
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self, dim: int, heads: int = 4, dim_head: int = 8) -> None:
        super().__init__()
        self.heads, self.scale = heads, dim_head**-0.5
        self.to_qkv = nn.Linear(dim, heads * dim_head * 3, bias=False)
        self.to_out = nn.Linear(heads * dim_head, dim)

    def forward(self, x: Float[Tensor, "b n dim"]) -> Float[Tensor, "b n dim"]:
        q, k, v = (rearrange(y, "b n (h d) -> b h n d", h=self.heads) for y in self.to_qkv(x).chunk(3, dim=-1))
        weights = (einsum(q, k, "b h i d, b h j d -> b h i j") * self.scale).softmax(dim=-1)
        out = einsum(weights, v, "b h i j, b h j d -> b h i d")
        return self.to_out(rearrange(out, "b h n d -> b n (h d)"))


class ViT(nn.Module):
    def __init__(self, image: int, patch: int, dim: int, classes: int) -> None:
        super().__init__()
        side = image // patch
        self.embed = nn.Sequential(
            Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=patch, q=patch), nn.Linear(3 * patch * patch, dim)
        )
        self.cls = nn.Parameter(torch.randn(1, 1, dim))
        self.pos = nn.Parameter(torch.randn(1, side * side + 1, dim))
        self.blocks = nn.ModuleList([Attention(dim) for _ in range(2)])
        self.head = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, classes))

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b classes"]:
        tokens = self.embed(x)
        cls = repeat(self.cls, "1 1 d -> b 1 d", b=x.shape[0])
        tokens = torch.cat([cls, tokens], dim=1) + self.pos
        for block in self.blocks:
            tokens = tokens + block(tokens)
        return self.head(tokens[:, 0])


class AxialPool(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.score = nn.Sequential(
            Reduce("b c h w -> b c", "mean"), nn.Linear(c, c), nn.Sigmoid(), Rearrange("b c -> b c 1 1")
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c"]:
        return reduce(x * self.score(x), "b c h w -> b c", "max")


def space_to_depth(x: Float[Tensor, "b c 2*h 2*w"]) -> Float[Tensor, "b 4*c h w"]:
    return rearrange(x, "b c (h s1) (w s2) -> b (s1 s2 c) h w", s1=2, s2=2)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 8, 8)
    print("GOOD", tuple(ViT(8, 4, 16, 5)(x).shape), tuple(AxialPool(3)(x).shape), tuple(space_to_depth(x).shape))


if __name__ == "__main__":
    main()
