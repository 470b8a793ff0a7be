"""409_clips_taken_apart_twice

kind: crash   facet: shape   seen in: hotshotco/Hotshot-XL#42
ideal static checker: rearrange of four axes, "(b f) c h w", is given the five of "b c f h w"
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class TemporalAttention(NeuralModule):
    def __init__(self, *, channels: int, heads: int = 2) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(channels, heads, batch_first=True)

    def forward(self, *, x: Float[Tensor, "b channels frames h w"]) -> Float[Tensor, "b channels frames h w"]:
        b, _, _, h, w = x.shape
        tokens = rearrange(x, "b c f h w -> (b h w) f c")
        tokens = tokens + self.attention(tokens, tokens, tokens, need_weights=False)[0]
        return rearrange(tokens, "(b h w) f c -> b c f h w", b=b, h=h, w=w)


class MotionBlock(NeuralModule):
    """Convolutions see frames as images, the attention sees clips."""

    def __init__(self, *, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.norm = nn.GroupNorm(4, channels)
        self.conv = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        self.temporal = TemporalAttention(channels=channels)

    def forward(self, *, clip: Float[Tensor, "b {self.channels} f h w"]) -> Float[Tensor, "b {self.channels} f h w"]:
        frames = rearrange(clip, "b c f h w -> (b f) c h w")
        clip = rearrange(self.conv(frames), "(b f) c h w -> b c f h w", b=clip.size(0))
        clip = self.temporal(x=clip)
        normed = self.norm(clip)
        return rearrange(normed, "(b f) c h w -> b c f h w", b=clip.size(0))  # BUG: it is a clip already


def main() -> None:
    torch.manual_seed(0)
    out = MotionBlock(channels=8)(clip=torch.randn(2, 8, 3, 4, 4))
    print("GOOD" if out.shape == (2, 8, 3, 4, 4) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
