"""Parameters of constructors without annotation are sizes where they are whole numbers for certain, as `int` ones are."""
# mypy: allow-untyped-defs, allow-untyped-calls, allow-incomplete-defs

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


class FeedForward(nn.Module):
    def __init__(self, dim, mult=4, dropout=0.0):
        super().__init__()
        hidden = dim * mult
        self.dim = dim
        self.up = nn.Linear(dim, hidden)
        self.down = nn.Linear(hidden, dim)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        y = reveal(self.up(x))  # N: is Float[Tensor, "b t d*mult"]
        self.up(y)  # E: axis -1 is d*mult, expected d  [shape-mismatch]
        return self.drop(self.down(y))


class Attention(nn.Module):
    def __init__(self, dim, heads=8, dim_head=64):
        super().__init__()
        inner = heads * dim_head
        self.heads = heads
        self.scale = dim_head**-0.5
        self.to_qkv = nn.Linear(dim, inner * 3, bias=False)
        self.to_out = nn.Linear(inner, dim)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        b, t, _ = x.shape
        q, k, v = (one.view(b, t, self.heads, -1).transpose(1, 2) for one in (q, k, v))
        q = reveal(self.to_qkv(x)[..., : self.heads])  # N: is Float[Tensor, "b t heads"]
        self.to_out(self.to_qkv(x))  # E: expected dim_head*heads  [shape-mismatch]
        return self.to_out(self.to_qkv(x).chunk(3, dim=-1)[0])


class Divided(nn.Module):
    """Nothing but the division by a size says what `num_heads` is."""

    def __init__(self, embed_dim, num_heads, qkv_bias=False):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.qkv = nn.Linear(embed_dim, embed_dim, bias=qkv_bias)

    def forward(self, x: Float[Tensor, "b t c"]) -> Tensor:
        b, t, c = x.shape
        y = self.qkv(x)
        reveal(y.view(b, t, self.num_heads, self.head_dim))  # N: is Float[Tensor, "b t num_heads c//num_heads"]
        y.view(b, t, self.num_heads, self.head_dim, self.num_heads)  # E: asks for  [shape-mismatch]
        return y.view(b, t, self.num_heads, c // self.num_heads)


class Block(nn.Module):
    """What other classes do with it."""

    def __init__(self, dim, heads, depth=2):
        super().__init__()
        self.attention = Attention(dim, heads=heads)
        self.ff = FeedForward(dim=dim)
        self.wrong = FeedForward(2 * dim)
        self.layers = nn.ModuleList([])
        for _ in range(depth):
            self.layers.append(nn.ModuleList([Attention(dim, heads), FeedForward(dim)]))

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        reveal(self.ff.up(x))  # N: is Float[Tensor, "b t 4*d"]
        self.wrong.up(x)  # E: axis -1 is d, expected 2*d  [shape-mismatch]
        self.wrong.down(self.ff.up(x))  # E: axis -1 is 4*d, expected 8*d  [shape-mismatch]
        return self.ff(self.attention(x))


class Half(nn.Module):
    """Half of it is annotated."""

    def __init__(self, dim: int, hidden=256, *, n_patches=4):
        super().__init__()
        self.pos = nn.Parameter(torch.zeros(1, n_patches + 1, dim))
        self.fc = nn.Linear(dim, hidden)
        self.head = nn.Sequential(nn.LayerNorm(hidden), nn.Linear(hidden, hidden // 2))
        self.register_buffer("ids", torch.arange(n_patches).view(1, -1))

    def forward(self, x: Float[Tensor, "b t d"]) -> Tensor:
        reveal(self.pos)  # N: is Float32[Tensor, "1 n_patches+1 dim"]
        reveal(self.head(self.fc(x)))  # N: is Float[Tensor, "b t hidden//2"]
        self.head(x)  # E: axis -1 is d, expected hidden  [shape-mismatch]
        return self.head(self.fc(x))


def from_outside(x: Float[Tensor, "2 3 512"], y: Float[Tensor, "2 3 256"]) -> None:
    ff = FeedForward(512)
    reveal(ff.up(x))  # N: is Float[Tensor, "2 3 2048"]
    ff.up(y)  # E: axis -1 is 256, expected 512  [shape-mismatch]
    reveal(FeedForward(mult=2, dim=256).up(y))  # N: is Float[Tensor, "2 3 512"]
    FeedForward(mult=2, dim=256).up(x)  # E: axis -1 is 512, expected 256  [shape-mismatch]
    reveal(Half(512).pos)  # N: is Float32[Tensor, "1 5 512"]
    reveal(Half(512, n_patches=9).fc(x))  # N: is Float[Tensor, "2 3 256"]
    block = Block(512, 8)
    reveal(block.attention.to_qkv(x))  # N: is Float[Tensor, "2 3 1536"]
    block.ff.up(y)  # E: axis -1 is 256, expected 512  [shape-mismatch]
    y.view(2, 3, Attention(256, heads=7).heads, -1)  # E: a multiple of 42 entries  [shape-mismatch]
    y.view(2, 3, Attention(256).heads, -1)


def wired(x: Float[Tensor, "b t 512"]) -> None:
    small = FeedForward(256)
    large = FeedForward(512)
    large.down(large.up(x))
    small.down(large.up(x))  # E: axis -1 is 2048, expected 1024  [shape-mismatch]


# What may be anything else


class Optional(nn.Module):
    def __init__(self, dim, dim_out=None, hidden=None, context=None, kernel=3, size=(2, 2), act=nn.GELU, norm=None):
        super().__init__()
        dim_out = dim_out or dim
        if hidden is None:
            hidden = dim
        self.first = nn.Linear(dim, hidden)
        self.second = nn.Linear(hidden, dim_out)
        self.third = nn.Linear(context or dim, dim) if norm is None else norm(dim)
        self.conv = nn.Conv2d(dim, dim, kernel, padding=(1, 1))
        self.size = size
        self.act = act()
        self.table = nn.Parameter(torch.zeros(size))

    def forward(self, x: Float[Tensor, "b t d"]) -> Tensor:
        reveal(self.first(x))  # N: is Float[Tensor, "b t _"]
        reveal(self.table)  # N: is Float32[Tensor, "..."]
        y = self.second(self.first(x))
        self.second(x)
        self.first(y)
        return self.third(self.act(y))


class OneOrTwo(nn.Module):
    """A size, or a height and a width."""

    def __init__(self, image_size, patch_size=16, kernel_size=3, stride=1, splits=2, shape=4, *, dim=64):
        super().__init__()
        image_size = (image_size, image_size) if isinstance(image_size, int) else image_size
        height, width = patch_size if isinstance(patch_size, tuple) else (patch_size, patch_size)
        self.proj = nn.Conv2d(3, dim, kernel_size=kernel_size, stride=stride, padding=kernel_size)
        self.norm = nn.LayerNorm(shape)
        self.splits = splits
        self.shape = shape
        self.kernel_size = kernel_size
        self.scale = nn.Parameter(torch.ones(shape))

    def forward(self, x: Float[Tensor, "b 3 h w"], y: Float[Tensor, "b t 64"]) -> Tensor:
        z = reveal(self.proj(x))  # N: is Float[Tensor, "b dim _ _"]
        z = z + x.sum(1, keepdim=True)
        a, c = y.split(self.splits, dim=-1)
        reveal(a)  # N: is Float[Tensor, "b t _"]
        nn.Linear(3, 64)(a)
        reveal(x.view(self.shape))  # N: Tensor
        reveal(x.mean(self.splits))  # N: is Float[Tensor, "..."]
        nn.functional.avg_pool2d(x, self.kernel_size)
        return self.norm(y @ a.mT)


class Padded(nn.Module):
    """What is divided for a padding is no tuple."""

    def __init__(self, dim, kernel_size=3, dilation=1):
        super().__init__()
        self.conv = nn.Conv1d(dim, dim, kernel_size, padding=(kernel_size - 1) // 2)
        self.short = nn.Conv1d(dim, dim, kernel_size)
        self.dilated = nn.Conv1d(dim, dim, 3, dilation=dilation)

    def forward(self, x: Float[Tensor, "b c t"]) -> Tensor:
        reveal(self.short(x))  # N: is Float[Tensor, "b c -kernel_size+t+1"]
        reveal(self.dilated(x))  # N: is Float[Tensor, "b c _"]
        return self.conv(x)


class Branched(nn.Module):
    def __init__(self, dim, proj_dim, context_dim, use_proj=False):
        super().__init__()
        if use_proj:
            self.proj = nn.Linear(dim, proj_dim)
        if context_dim is not None:
            self.context = nn.Linear(context_dim, dim)
        self.out = nn.Identity() if context_dim is None else nn.Linear(dim, context_dim)
        self.fc = nn.Linear(dim, dim)
        self.context_dim = context_dim
        self.proj_dim = proj_dim

    def forward(self, x: Float[Tensor, "b d"]) -> None:
        reveal(self.proj(x))  # N: is Float[Tensor, "b proj_dim"]
        reveal(x[:, : self.context_dim])  # N: is Float[Tensor, "b _"]
        reveal(self.context(x))  # N: is Float[Tensor, "b d"]


class Numbers(nn.Module):
    """Floats are no sizes."""

    def __init__(self, dim, mlp_ratio=4.0, ratio=0.5, groups=1, temperature=1):
        super().__init__()
        self.temperature = temperature
        self.up = nn.Linear(dim, int(dim * mlp_ratio))
        self.down = nn.Linear(int(dim * mlp_ratio), dim)
        self.less = nn.Linear(dim, int(dim * ratio))
        self.scale = math.sqrt(dim)

    def forward(self, x: Float[Tensor, "b d"], ids: Int[Tensor, "b"]) -> Tensor:
        reveal(ids * self.temperature)  # N: Any
        reveal(self.less(x))  # N: is Float[Tensor, "b _"]
        return self.down(self.up(x)) * self.scale


class Reassigned(nn.Module):
    def __init__(self, dim, heads=8, layers=(1, 2), width=3):
        super().__init__()
        dim = dim * 2
        heads += 1
        self.fc = nn.Linear(dim, heads)
        self.many = nn.ModuleList([nn.Linear(width, width) for width in layers])
        self.rows = [nn.Linear(n, m) for n, m in zip(layers, layers[1:])]

    def forward(self, x: Float[Tensor, "b d"]) -> Tensor:
        for one in self.many:
            reveal(one(x))  # N: is Float[Tensor, "b _"]
        return reveal(self.fc(x))  # N: is Float[Tensor, "b _"]


class Changed(nn.Module):
    def __init__(self, dim, width=4):
        super().__init__()
        self.dim = dim
        self.width = width
        self.fc = nn.Linear(dim, width)

    def widen(self):
        self.width = None

    def forward(self, x: Float[Tensor, "b d"]) -> None:
        reveal(x.view(-1, self.dim))  # N: is Float[Tensor, "(b*d)//dim dim"]
        reveal(x[:, : self.width])  # N: is Float[Tensor, "b _"]


def may_be_none(x: Float[Tensor, "2 3"], n, m: int | None) -> None:
    reveal(Optional(3).first(x))  # N: is Float[Tensor, "2 _"]
    Optional(n, n)
    Optional(7, None)
    FeedForward(n).up(x)
    FeedForward(m)
    FeedForward(dim=3, mult=n).up(x)


class Biased(nn.Module):
    """What a parameter holds is learned in the order in which it is used; of other tensors the order is another."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.head_dim = heads, dim // heads
        self.bias = nn.Parameter(torch.empty(self.head_dim, self.heads))
        self.register_buffer("table", torch.zeros(self.head_dim, self.heads))
        self.fc = nn.Linear(dim, dim)

    def forward(self, x):
        self.table.view(1, self.heads, self.head_dim)  # E: without moving a number  [axis-kind]
        return x + self.bias.view(1, 1, self.heads, self.head_dim)
