"""shifted_windows: windows partitioned with shifts, masks from regions, a table of relative positions. A checker must stay silent."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn


def window_partition(x: Float[Tensor, "b h w c"], size: int) -> Float[Tensor, "n {size} {size} c"]:
    b, h, w, c = x.shape
    x = x.view(b, h // size, size, w // size, size, c)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, size, size, c)


def window_reverse(windows: Float[Tensor, "n k k c"], h: int, w: int) -> Float[Tensor, "b {h} {w} c"]:
    size = windows.shape[1]
    b = windows.shape[0] // ((h // size) * (w // size))
    x = windows.view(b, h // size, w // size, size, size, -1)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, -1)


def relative_index(size: int) -> Int64[Tensor, "area area"]:
    rows, cols = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    coords = torch.stack([rows, cols]).flatten(1)
    offset = (coords[:, :, None] - coords[:, None, :]).permute(1, 2, 0).contiguous()
    offset[:, :, 0] += size - 1
    offset[:, :, 1] += size - 1
    offset[:, :, 0] *= 2 * size - 1
    return offset.sum(-1)


class WindowAttention(nn.Module):
    index: Tensor

    def __init__(self, dim: int, size: int, heads: int) -> None:
        super().__init__()
        self.heads, self.size = heads, size
        self.scale = (dim // heads) ** -0.5
        self.bias = nn.Parameter(torch.zeros((2 * size - 1) * (2 * size - 1), heads))
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)
        self.register_buffer("index", relative_index(size))

    def forward(
        self, x: Float[Tensor, "n area dim"], blocked: Bool[Tensor, "windows area area"] | None
    ) -> Float[Tensor, "n area dim"]:
        n, area, dim = x.shape
        qkv = self.qkv(x).reshape(n, area, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        scores = (q * self.scale) @ k.transpose(-2, -1)
        bias = self.bias[self.index.view(-1)].view(area, area, -1).permute(2, 0, 1)
        scores = scores + bias.unsqueeze(0)
        if blocked is not None:
            windows = blocked.shape[0]
            scores = scores.view(n // windows, windows, self.heads, area, area)
            scores = scores.masked_fill(blocked.unsqueeze(1).unsqueeze(0), float("-inf"))
            scores = scores.view(-1, self.heads, area, area)
        out = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, area, dim)
        return self.proj(out)


class SwinBlock(nn.Module):
    def __init__(self, dim: int, resolution: int, size: int, shift: int) -> None:
        super().__init__()
        self.size, self.shift, self.resolution = size, shift, resolution
        self.norm = nn.LayerNorm(dim)
        self.attention = WindowAttention(dim, size, 2)

    def blocked(self) -> Bool[Tensor, "windows area area"] | None:
        if self.shift == 0:
            return None
        regions = torch.zeros(1, self.resolution, self.resolution, 1)
        cuts = (slice(0, -self.size), slice(-self.size, -self.shift), slice(-self.shift, None))
        for i, rows in enumerate(cuts):
            for j, cols in enumerate(cuts):
                regions[:, rows, cols, :] = 3 * i + j
        ids = window_partition(regions, self.size).view(-1, self.size * self.size)
        return ids.unsqueeze(1) != ids.unsqueeze(2)

    def forward(self, x: Float[Tensor, "b h w dim"]) -> Float[Tensor, "b h w dim"]:
        _, h, w, c = x.shape
        shifted = torch.roll(self.norm(x), shifts=(-self.shift, -self.shift), dims=(1, 2))
        windows = window_partition(shifted, self.size).view(-1, self.size * self.size, c)
        out = self.attention(windows, self.blocked()).view(-1, self.size, self.size, c)
        return x + torch.roll(window_reverse(out, h, w), shifts=(self.shift, self.shift), dims=(1, 2))


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 8, 8, 6)
    out = SwinBlock(6, 8, 4, 2)(SwinBlock(6, 8, 4, 0)(x))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
