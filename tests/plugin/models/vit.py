"""A vision transformer: Dosovitskiy et al. 2021, arXiv:2010.11929."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class PatchEmbed(nn.Module):
    """An image as a sequence of its patches."""

    def __init__(self, patch_size: int = 16, in_chans: int = 3, embed_dim: int = 768) -> None:
        super().__init__()
        self.embed_dim = embed_dim
        self.patch_size = patch_size
        self.proj = nn.Conv2d(in_chans, embed_dim, kernel_size=patch_size, stride=patch_size)

    def forward(
        self, x: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b (h//{self.patch_size})*(w//{self.patch_size}) {self.embed_dim}"]:
        x = self.proj(x).flatten(2).transpose(1, 2)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b (h//patch_size)*(w//patch_size) embed_dim"]
        return x


class Attention(nn.Module):
    def __init__(self, dim: int, num_heads: int = 8, qkv_bias: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        assert dim % num_heads == 0, "dim should be divisible by num_heads"
        self.dim = dim
        self.num_heads = num_heads
        self.head_dim = dim // num_heads
        self.scale = self.head_dim**-0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.attn_drop = nn.Dropout(dropout)
        self.proj = nn.Linear(dim, dim)
        self.proj_drop = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "b n {self.dim}"]) -> Float[Tensor, "b n {self.dim}"]:
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        q = q * self.scale
        attn = q @ k.transpose(-2, -1)
        attn = attn.softmax(dim=-1)
        attn = self.attn_drop(attn)
        reveal(attn)  # N: Revealed neural type is Float[Tensor, "b num_heads n n"]
        x = (attn @ v).transpose(1, 2).reshape(B, N, C)
        x = self.proj_drop(self.proj(x))
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b n dim"]
        return x


class Mlp(nn.Module):
    def __init__(self, in_features: int, hidden_features: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden_features, in_features)

    def forward(self, x: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch d"]:
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, dim: int, num_heads: int, mlp_ratio: int = 4) -> None:
        super().__init__()
        self.dim = dim
        self.norm1 = nn.LayerNorm(dim)
        self.attn = Attention(dim, num_heads=num_heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim, dim * mlp_ratio)

    def forward(self, x: Float[Tensor, "b n {self.dim}"]) -> Float[Tensor, "b n {self.dim}"]:
        x = x + self.attn(self.norm1(x))
        x = x + self.mlp(self.norm2(x))
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b n channel=dim"]
        return x


class VisionTransformer(nn.Module):
    def __init__(
        self, img_size: int = 224, patch_size: int = 16, num_classes: int = 1000, dim: int = 768, depth: int = 12
    ) -> None:
        super().__init__()
        self.img_size = img_size
        self.num_classes = num_classes
        self.patch_embed = PatchEmbed(patch_size, embed_dim=dim)
        num_patches = (img_size // patch_size) * (img_size // patch_size)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, num_patches + 1, dim))
        self.blocks = nn.ModuleList([Block(dim, num_heads=4) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, num_classes)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)

    def forward(self, x: Float[Tensor, "b 3 {self.img_size} {self.img_size}"]) -> Float[Tensor, "b {self.num_classes}"]:
        x = self.patch_embed(x)
        cls_token = self.cls_token.expand(x.shape[0], -1, -1)
        x = torch.cat((cls_token, x), dim=1)
        x = x + self.pos_embed
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        logits = self.head(x[:, 0])
        reveal(logits)  # N: Revealed neural type is Float[Tensor, "b num_classes"]
        return logits


def check() -> Tensor:
    model = VisionTransformer(img_size=32, patch_size=8, num_classes=10, dim=16, depth=2)
    model.eval()
    with torch.no_grad():
        logits = model(torch.randn(2, 3, 32, 32))
    return reveal(logits)  # N: Revealed neural type is Float[Tensor, "batch=2 10"]
