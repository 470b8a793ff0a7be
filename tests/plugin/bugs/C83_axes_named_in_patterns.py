"""C83 axes_named_in_patterns: axes are merged, split, moved and reduced by patterns; letters need not be those of the annotation. A checker must stay silent."""

import torch
from einops import rearrange, reduce, repeat
from einops.layers.torch import Rearrange
from jaxtyping import Float
from torch import Tensor, einsum, nn


class FactorizedVideo(nn.Module):
    def __init__(self, dim: int, patch: int = 4) -> None:
        super().__init__()
        self.patch = nn.Sequential(
            Rearrange("b f c (h p) (w q) -> b f (h w) (p q c)", p=patch, q=patch), nn.Linear(3 * patch * patch, dim)
        )
        self.cls = nn.Parameter(torch.zeros(dim))
        self.space = nn.TransformerEncoderLayer(dim, 2, dim, batch_first=True)
        self.time = nn.TransformerEncoderLayer(dim, 2, dim, batch_first=True)
        self.norm = nn.LayerNorm(dim)

    def forward(self, video: Float[Tensor, "b t 3 h w"]) -> Float[Tensor, "b dim"]:
        x = self.patch(video)
        b, f = x.shape[:2]
        cls = repeat(self.cls, "d -> b f 1 d", b=b, f=f)
        x = torch.cat([cls, x], dim=2)
        x = rearrange(self.space(rearrange(x, "b f n d -> (b f) n d")), "(b f) n d -> b f n d", b=b)
        frames = reduce(x, "b f n d -> b f d", "mean")
        return self.norm(self.time(frames)).mean(dim=1)


def attend(q: Float[Tensor, "b t d"], k: Float[Tensor, "b s d"], heads: int) -> Float[Tensor, "b t d"]:
    split_q, split_k = (rearrange(each, "n l (h e) -> n h l e", h=heads) for each in (q, k))
    sim = einsum("n h i e, n h j e -> n h i j", split_q, split_k)
    out = einsum("n h i j, n h j e -> n h i e", sim.softmax(dim=-1), split_k)
    return rearrange(out, "n h l e -> n l (h e)")


def windows(x: Float[Tensor, "b h w c"], size: int) -> Float[Tensor, "b h w c"]:
    parts = rearrange(x, "b (y p) (x q) c -> (b y x) (p q) c", p=size, q=size)
    parts = parts - reduce(parts, "n l c -> n 1 c", "mean")
    return rearrange(parts, "(b y x) (p q) c -> b (y p) (x q) c", b=x.shape[0], y=x.shape[1] // size, p=size)


def main() -> None:
    torch.manual_seed(0)
    video = FactorizedVideo(16)(torch.randn(2, 3, 3, 8, 8))
    out = attend(torch.randn(2, 5, 8), torch.randn(2, 7, 8), 2)
    print("GOOD", tuple(video.shape), tuple(out.shape), tuple(windows(torch.randn(2, 8, 8, 3), 4).shape))


if __name__ == "__main__":
    main()
