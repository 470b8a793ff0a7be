"""The blocks of a diffusion model's U-Net: Ho et al. 2020, arXiv:2006.11239."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


def timestep_embedding(timesteps: Int[Tensor, "b"], dim: int, max_period: int = 10000) -> Float[Tensor, "b {dim}"]:
    half = dim // 2
    freqs = torch.exp(-math.log(max_period) * torch.arange(half, dtype=torch.float32) / half)
    freqs = freqs.to(timesteps.device)
    args = timesteps[:, None].float() * freqs[None]
    embedding = torch.cat([torch.cos(args), torch.sin(args)], dim=-1)
    if dim % 2:
        embedding = F.pad(embedding, (0, 1))
    reveal(embedding)  # N: Revealed neural type is Float32[Tensor, "b _"]
    return embedding


class ResBlock(nn.Module):
    def __init__(self, channels: int, emb_channels: int, out_channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.channels = channels
        self.emb_channels = emb_channels
        self.out_channels = out_channels
        self.in_layers = nn.Sequential(
            nn.GroupNorm(4, channels), nn.SiLU(), nn.Conv2d(channels, out_channels, 3, padding=1)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(emb_channels, 2 * out_channels))
        self.out_norm = nn.GroupNorm(4, out_channels)
        self.out_rest = nn.Sequential(
            nn.SiLU(), nn.Dropout(p=dropout), nn.Conv2d(out_channels, out_channels, 3, padding=1)
        )
        self.skip = nn.Conv2d(channels, out_channels, 1) if channels != out_channels else nn.Identity()

    def forward(
        self, x: Float[Tensor, "b {self.channels} h w"], emb: Float[Tensor, "b {self.emb_channels}"]
    ) -> Float[Tensor, "b {self.out_channels} h w"]:
        h = self.in_layers(x)
        emb_out = self.emb_layers(emb)[:, :, None, None]
        scale, shift = torch.chunk(emb_out, 2, dim=1)
        h = self.out_norm(h) * (1 + scale) + shift
        h = self.out_rest(h)
        reveal(h)  # N: Revealed neural type is Float[Tensor, "b out_channels h w"]
        return self.skip(x) + h


class AttentionBlock(nn.Module):
    def __init__(self, channels: int, num_heads: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.num_heads = num_heads
        self.norm = nn.GroupNorm(4, channels)
        self.qkv = nn.Conv1d(channels, channels * 3, 1)
        self.proj_out = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Float[Tensor, "b {self.channels} h w"]) -> Float[Tensor, "b {self.channels} h w"]:
        b, c, h, w = x.shape
        y = x.reshape(b, c, h * w)
        q, k, v = self.qkv(self.norm(y)).chunk(3, dim=1)
        ch = c // self.num_heads
        scale = 1 / math.sqrt(math.sqrt(ch))
        q = (q * scale).view(b * self.num_heads, ch, h * w)
        k = (k * scale).view(b * self.num_heads, ch, h * w)
        weight = torch.einsum("bct,bcs->bts", q, k)
        weight = torch.softmax(weight.float(), dim=-1).type(weight.dtype)
        a = torch.einsum("bts,bcs->bct", weight, v.reshape(b * self.num_heads, ch, -1))
        y = y + self.proj_out(a.reshape(b, -1, h * w))
        out = y.reshape(b, c, h, w)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b channels h w"]
        return out


class Upsample(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Float[Tensor, "b {self.channels} h w"]) -> Float[Tensor, "b {self.channels} 2*h 2*w"]:
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = self.conv(x)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b channels 2*h 2*w"]
        return x


class Denoiser(nn.Module):
    def __init__(self, image_channels: int, width: int) -> None:
        super().__init__()
        self.image_channels = image_channels
        self.width = width
        self.time_embed = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, 4 * width))
        self.conv_in = nn.Conv2d(image_channels, width, 3, padding=1)
        self.block = ResBlock(width, 4 * width, 2 * width)
        self.attention = AttentionBlock(2 * width, num_heads=2)
        self.down = nn.Conv2d(2 * width, 2 * width, 3, stride=2, padding=1)
        self.up = Upsample(2 * width)
        self.out = ResBlock(4 * width, 4 * width, image_channels * 4)
        self.conv_out = nn.Conv2d(image_channels * 4, image_channels, 3, padding=1)

    def forward(
        self, x: Float[Tensor, "b {self.image_channels} h w"], t: Int[Tensor, "b"]
    ) -> Float[Tensor, "b {self.image_channels} h w"]:
        emb = self.time_embed(timestep_embedding(t, self.width))
        high = self.block(self.conv_in(x), emb)
        low = self.attention(self.down(high))
        joined = torch.cat([high, self.up(low)], dim=1)
        noise = self.conv_out(self.out(joined, emb))
        reveal(noise)  # N: Revealed neural type is Float[Tensor, "b image_channels h w"]
        return noise


def check() -> Tensor:
    model = Denoiser(image_channels=3, width=16)
    noise = model(torch.randn(2, 3, 16, 24), torch.randint(0, 1000, (2,)))
    return reveal(noise)  # N: Revealed neural type is Float[Tensor, "batch=2 3 height=16 width=24"]
