"""What a module gives that declares nothing is what its body gives, in the sizes that it was made with."""
# mypy: allow-untyped-defs, allow-untyped-calls

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Net(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.block = Block(32)
        self.own = Block(dim)
        self.wrong = Block(31)
        self.several = nn.ModuleList([Block(32) for _ in range(4)])
        self.two = nn.ModuleList([Block(32), Block(31)])
        self.sequence = nn.Sequential(Block(32), nn.ReLU(), Block(32))
        self.broken = nn.Sequential(Block(32), nn.ReLU(), Block(33))
        self.optional = Block(32) if dim > 4 else None
        self.attention = Attention(32, 4)
        self.pair = Pair(32)

    def forward(self, x: Float[Tensor, "b n 32"], y: Float[Tensor, "b n {self.dim}"]) -> None:
        reveal(self.block(x))  # N: is Float[Tensor, "b n 32"]
        self.wrong(x)  # E: In "Block.forward": Argument "input" to "LayerNorm" does not fit: axis -1 is 32, expected 31
        reveal(self.own(y))  # N: is Float[Tensor, "b n dim"]
        for block in self.several:
            x = block(x)
        reveal(x)  # N: is Float[Tensor, "b n 32"]
        reveal(self.two[0](x))  # N: is Float[Tensor, "b n 32"]
        self.two[1](x)  # E: In "Block.forward"
        reveal(self.sequence(x))  # N: is Float[Tensor, "b n 32"]
        self.broken(x)  # E: In "Block.forward"
        if self.optional is not None:
            reveal(self.optional(x))  # N: is Float[Tensor, "b n 32"]
        reveal(self.attention(x))  # N: is Float[Tensor, "b n 32"]
        reveal(self.attention(x, mask=None))  # N: is Float[Tensor, "b n 32"]
        self.attention(self.block.fc1(x))  # E: In "Attention.forward"
        first, second = self.pair(x)
        reveal(first)  # N: is Float[Tensor, "b n 8"]
        reveal(second)  # N: is Float[Tensor, "b 32"]
        reveal(self.helped(x))  # N: is Tensor

    def helped(self, x: Tensor) -> Tensor:
        return x.flatten(1)


class Block(nn.Module):
    def __init__(self, dim: int, mult: int = 4) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.fc1 = nn.Linear(dim, dim * mult)
        self.inner = Inner(dim * mult)
        self.fc2 = nn.Linear(dim * mult, dim)

    def forward(self, x: Tensor) -> Tensor:
        y = F.gelu(self.fc1(self.norm(x)))
        y = self.inner(y)
        return x + self.fc2(y)


class Inner(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.twice(x)

    def twice(self, x: Tensor) -> Tensor:
        return self.fc(self.fc(x))


class Attention(nn.Module):
    def __init__(self, dim: int, heads: int = 8) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1)
        if mask is not None:
            scores = scores.masked_fill(mask, -1e9)
        out = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, c)
        return self.proj(out)


class Pair(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(dim, 8)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.fc(x), x.mean(1)


class Declared(nn.Module):
    """It says what it takes, and not what it gives."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(dim, 2 * dim)

    def forward(self, x: Float[Tensor, "b n"]) -> Tensor:
        return self.fc(x)


class Residual(nn.Module):
    """What is wrong in one branch alone may never be come to."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.c_in, self.c_out = c_in, c_out
        self.fc = nn.Linear(c_in, c_out)
        self.short = nn.Linear(8, c_out)

    def forward(self, x: Tensor) -> Tensor:
        if self.c_in == 8:
            return self.short(x)
        return self.fc(x)


class Chosen(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(dim, dim)

    def forward(self, x: Tensor, take: bool = False) -> Tensor:
        y = self.fc(x[:, :3]) if take else x
        return y and x


class Caught(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        try:
            return self.fc(x)
        except RuntimeError:
            return x


class Kept(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(7, 7)
        self.last: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        self.last = x
        return self.fc(x)


class Untyped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 7)

    def forward(self, x, scale=None):
        if scale is not None:
            x = x * scale
        return self.fc(x)


class Doubled(Block):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, x], dim=-1)


def of_names(x: Float[Tensor, "b 16"], y: Float[Tensor, "b 15"], given: Block, n: int) -> None:
    block = Block(16)
    reveal(block(x))  # N: is Float[Tensor, "b 16"]
    block(y)  # E: In "Block.forward"
    reveal(Block(n)(x))  # N: is Float[Tensor, "b 16"]
    reveal(given(x))  # N: is Any
    given(y)
    reveal(Doubled(3)(x))  # N: is Float[Tensor, "b 32"]
    reveal(Declared(16)(x))  # N: is Float[Tensor, "b 32"]
    reveal(Residual(16, 4)(x))  # N: is Tensor
    Chosen(16)(x)
    Caught(4)(x)
    Kept()(x)
    reveal(Untyped()(x))  # N: is Float[Tensor, "b 7"]
    reveal(Untyped()(x, scale=x))  # N: is Float[Tensor, "b 7"]
    Untyped()(y)  # E: In "Untyped.forward"
    number: float = Untyped()(x)
    print(number)
