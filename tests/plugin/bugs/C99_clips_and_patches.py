"""C99 clips_and_patches: einops and views that fold time into the batch and back, windows, patches, spatial and temporal attention. A checker must stay silent."""

import torch
import torch.nn.functional as F
from einops import rearrange, reduce, repeat
from einops.layers.torch import Rearrange
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class AxisAttention(NeuralModule):
    def __init__(self, *, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)

    def forward(self, *, x: Float[Tensor, "lines n d"]) -> Float[Tensor, "lines n d"]:
        q, k, v = rearrange(self.qkv(x), "l n (three h e) -> three l h n e", three=3, h=self.heads)
        return self.out(rearrange(F.scaled_dot_product_attention(q, k, v), "l h n e -> l n (h e)"))


class DividedSpaceTime(NeuralModule):
    def __init__(self, *, d: int, heads: int = 2) -> None:
        super().__init__()
        self.d = d
        self.space, self.time = AxisAttention(d=d, heads=heads), AxisAttention(d=d, heads=heads)

    def forward(
        self, *, clip: Float[Tensor, "batch {self.d} frames height width"]
    ) -> Float[Tensor, "batch {self.d} frames height width"]:
        b, _, f, h, w = clip.shape
        x = rearrange(clip, "b d f h w -> (b f) (h w) d")
        x = x + self.space(x=x)
        x = rearrange(x, "(b f) n d -> (b n) f d", b=b)
        x = x + self.time(x=x)
        return rearrange(x, "(b h w) f d -> b d f h w", b=b, h=h, w=w)


class Patches(NeuralModule):
    def __init__(self, *, patch: int, d: int) -> None:
        super().__init__()
        self.d = d
        self.embed = nn.Sequential(
            Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=patch, q=patch),
            nn.LayerNorm(3 * patch * patch),
            nn.Linear(3 * patch * patch, d),
        )
        self.cls = nn.Parameter(torch.zeros(1, 1, d))
        self.head = nn.Linear(d, 10)

    def forward(self, *, image: Float[Tensor, "batch 3 32 32"]) -> Float[Tensor, "batch 10"]:
        x = self.embed(image)
        x = torch.cat([repeat(self.cls, "1 1 d -> b 1 d", b=x.size(0)), x], dim=1)
        return self.head(x[:, 0] + reduce(x[:, 1:], "b n d -> b d", "mean"))


class FrameEncoder(nn.Module):
    """Frames go through the convolution as a batch, then through the recurrence as a sequence."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.cnn = nn.Sequential(nn.Conv2d(3, d, 3, stride=2, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.rnn = nn.GRU(d, d, batch_first=True)

    def forward(self, video: Float[Tensor, "batch time 3 h w"]) -> Float[Tensor, "batch time {self.d}"]:
        b, t = video.shape[:2]
        frames = self.cnn(video.flatten(0, 1)).flatten(1)
        return self.rnn(frames.view(b, t, -1))[0]


def windows(x: Float[Tensor, "b h w c"], size: int) -> Float[Tensor, "windows size*size c"]:
    b, h, w, c = x.shape
    x = x.view(b, h // size, size, w // size, size, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, size * size, c)


def undone(x: Float[Tensor, "windows n c"], size: int, h: int, w: int) -> Float[Tensor, "b h w c"]:
    return rearrange(x, "(b i j) (p q) c -> b (i p) (j q) c", i=h // size, j=w // size, p=size)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 8, 8, 4)
    same = torch.equal(undone(windows(x, 4), 4, 8, 8), x)
    print(
        "GOOD" if same else "WRONG",
        tuple(DividedSpaceTime(d=8)(clip=torch.randn(2, 8, 3, 4, 4)).shape),
        tuple(Patches(patch=8, d=16)(image=torch.randn(2, 3, 32, 32)).shape),
        tuple(FrameEncoder(6)(torch.randn(2, 5, 3, 8, 8)).shape),
    )


if __name__ == "__main__":
    main()
