"""Modules that are wired to each other in code that says nothing of its tensors, by what each was made with."""
# mypy: allow-untyped-defs, allow-untyped-calls, allow-incomplete-defs

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Net(nn.Module):
    def __init__(self, dim, hidden=4):
        super().__init__()
        self.up = nn.Linear(dim, hidden)
        self.down = nn.Linear(hidden, dim)
        self.norm = nn.LayerNorm(hidden)
        self.drop = nn.Dropout(0.1)
        self.conv = nn.Conv2d(dim, hidden, 3)
        self.batch_norm = nn.BatchNorm2d(dim)
        self.lstm = nn.LSTM(dim, hidden, batch_first=True)
        self.right = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, 2 * dim))
        self.wrong = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(2 * hidden, dim))

    def forward(self, x, mask=None):
        self.down(self.up(x))
        self.up(self.up(x))  # E: axis -1 is hidden, expected dim  [shape-mismatch]
        y = self.drop(F.relu(self.norm(self.up(x))))
        self.down(y)
        self.up(y)  # E: axis -1 is hidden, expected dim  [shape-mismatch]
        self.up(y.relu())  # E: axis -1 is hidden, expected dim  [shape-mismatch]
        self.up(y + self.up(x))  # E: axis -1 is hidden, expected dim  [shape-mismatch]
        self.down(y + self.up(x))
        self.norm(x)
        self.norm(self.down(y))  # E: axis -1 is dim, expected hidden  [shape-mismatch]
        self.batch_norm(self.conv(x))  # E: axis 1 is hidden, expected dim  [shape-mismatch]
        out, (h, c) = self.lstm(x)
        self.up(out)  # E: axis -1 is hidden, expected dim  [shape-mismatch]
        self.down(out)
        self.up(self.lstm(x)[0])  # E: axis -1 is hidden, expected dim  [shape-mismatch]
        self.right(x)
        self.right(self.right(x))  # E: axis -1 is 2*dim, expected dim  [shape-mismatch]
        self.wrong(x)  # E: axis -1 is hidden, expected 2*hidden  [shape-mismatch]
        reveal(self.up(x))  # N: is Any
        return self.down(y)

    def annotated(self, x: Tensor) -> Tensor:
        y = self.up(x)
        y = self.up(y)  # E: axis -1 is hidden, expected dim  [shape-mismatch]
        return self.down(y)

    def not_known(self, x, mask, deep):
        y = self.up(x)
        if mask is not None:
            y = self.down(y)
        self.up(y)
        self.down(y)
        z = self.up(x)
        for _ in range(deep):
            z = self.down(z)
        self.up(z)
        a = self.up(x)
        a += mask
        self.up(a)
        b = self.up(x)
        b.unsqueeze_(-1)
        self.up(b)
        self.up(self.up(x).mT)
        self.up(self.up(x).transpose(1, 2))
        self.up(self.up(x)[:, mask])
        self.up(self.up(x) * mask)
        self.up(self.up(x) @ mask)
        self.up(mask(self.up(x)))
        self.up(*mask)
        self.up(input=self.up(x))
        self.up(torch.cat([self.up(x), x], -1))
        out, _ = mask
        self.up(out)


class Choosing(nn.Module):
    """Where one of several modules is held, or sizes are compared."""

    def __init__(self, dim, dim_out, proj=False):
        super().__init__()
        self.dim, self.dim_out = dim, dim_out
        self.fc = nn.Linear(dim, dim_out)
        self.proj = nn.Linear(dim_out, dim) if proj else nn.Identity()
        self.skip = nn.Identity() if dim == dim_out else nn.Linear(dim, dim_out)
        self.changed = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, 1)
        self.gate = nn.Linear(dim, dim_out)

    def widen(self):
        self.changed = nn.Linear(2, 2)

    def forward(self, x):
        self.fc(self.proj(self.fc(x)))
        self.fc(self.changed(x))
        self.changed(self.fc(x))
        y = self.fc(x) + self.skip(x)
        if self.dim == self.dim_out:
            y = self.fc(self.fc(x))
        return self.out(self.out(x) * self.gate(x))  # E: axis -1 is dim_out, expected dim  [shape-mismatch]


# Modules of the project's own, by what their `forward` hands on


class Before(nn.Module):
    """Classes that stand further down."""

    def __init__(self, dim, wide):
        super().__init__()
        self.mlp = Mlp(dim, 2 * dim)
        self.fc = nn.Linear(wide, dim)

    def forward(self, x):
        return self.fc(self.mlp(x))  # E: axis -1 is dim, expected wide  [shape-mismatch]


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x):
        x = self.fc1(x)
        x = F.dropout(self.act(x), 0.1, self.training)
        return self.fc2(x)


class Attention(nn.Module):
    def __init__(self, dim, heads=8, dim_head=64):
        super().__init__()
        self.qkv = nn.Linear(dim, heads * dim_head * 3)
        self.out = nn.Linear(heads * dim_head, dim)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        b, n, _ = x.shape
        q, k, v = self.qkv(x).chunk(3, -1)
        if mask is not None:
            q = q * mask
        y = (q @ k.transpose(1, 2)) @ v
        return self.out(y.reshape(b, n, -1))


class Block(nn.Module):
    def __init__(self, dim, mult=4):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.attention = Attention(dim)
        self.mlp = Mlp(dim, dim * mult)

    def forward(self, x):
        x = x + self.attention(self.norm(x))
        return x + self.mlp(self.norm(x))


class Model(nn.Module):
    def __init__(self, dim, wide, classes=10):
        super().__init__()
        self.embed = nn.Linear(3, dim)
        self.block = Block(dim)
        self.other = Block(wide)
        self.mlp = Mlp(wide, 4 * wide)
        self.head = nn.Linear(dim, classes)
        self.ends = nn.Sequential(nn.Linear(3, dim), Mlp(dim, 2 * dim), nn.Linear(wide, classes))

    def forward(self, x):
        y = self.block(self.embed(x))
        self.other(self.embed(x))  # E: "LayerNorm" does not fit: axis -1 is dim, expected wide  [shape-mismatch]
        self.mlp(y)  # E: axis -1 is dim, expected wide  [shape-mismatch]
        self.ends(x)  # E: axis -1 is dim, expected wide  [shape-mismatch]
        return self.head(y)


def from_outside(x: Float[Tensor, "b t 3"], y):
    model = Model(64, 128)
    model(x)
    model.block(x)  # E: axis -1 is 3, expected 64  [shape-mismatch]
    model.block(model.embed(x))
    Mlp(3, 4)(x)
    Mlp(4, 4)(x)  # E: axis -1 is 3, expected 4  [shape-mismatch]
    nn.Linear(8, 8)(Mlp(4, 5)(y))  # E: axis -1 is 4, expected 8  [shape-mismatch]
    nn.Linear(4, 8)(Mlp(4, 5)(y))
    nn.Linear(8, 8)(Attention(4, 5)(y))  # E: axis -1 is 4, expected 8  [shape-mismatch]
    nn.Linear(10, 8)(model(y))
    nn.Linear(64, 8)(model(y))  # E: axis -1 is 10, expected 64  [shape-mismatch]


class Early(nn.Module):
    """What is not gone through in any case, or given otherwise."""

    def __init__(self, dim, enabled=True):
        super().__init__()
        self.enabled = enabled
        self.fc = nn.Linear(dim, 2 * dim)

    def forward(self, x):
        if not self.enabled:
            return x
        return self.fc(x)


class Turned(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, 2 * dim)

    def forward(self, x):
        if x.dim() == 3:
            x = x.transpose(1, 2)
        x = self.fc(x)
        x = x.transpose(1, 2)
        return x


class Replaced(Mlp):
    def __init__(self, dim):
        super().__init__(dim, dim)
        self.fc2 = nn.Linear(dim, 2 * dim)


class Overridden(Mlp):
    def forward(self, x):
        return x


class Taken(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.early = Early(dim)
        self.turned = Turned(dim)
        self.replaced = Replaced(dim)
        self.overridden = Overridden(dim, dim)
        self.fc = nn.Linear(3 * dim, dim)
        self.layers = nn.ModuleList([Mlp(dim, dim) for _ in range(3)])

    def forward(self, x):
        self.fc(self.early(x))
        self.fc(self.turned(self.fc(x)))
        self.turned(self.turned(x))
        self.fc(self.replaced(x))
        self.fc(self.overridden(x))
        self.overridden(self.fc(x).repeat(3))
        self.early(self.fc(x).mT)
        for layer in self.layers:
            x = layer(x)
        return self.fc(x)


class Fixed(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.fc = nn.Linear(9, width)

    def forward(self, x):
        return self.fc(x)


def given(fixed: Fixed, x: Float[Tensor, "2 5 8"], y):
    """It may be of a subclass, with a `forward` of its own."""
    fixed(x)
    nn.Linear(7, 7)(fixed(x))
    Fixed()(x)  # E: axis -1 is 8, expected 9  [shape-mismatch]
    nn.Linear(7, 7)(Fixed()(y))  # E: axis -1 is 4, expected 7  [shape-mismatch]


def taken(x: Float[Tensor, "2 5 8"]) -> None:
    Early(9)(x)
    Turned(9)(x)
    Replaced(9)(x)  # E: axis -1 is 8, expected 9  [shape-mismatch]
    Overridden(9, 9)(x)
