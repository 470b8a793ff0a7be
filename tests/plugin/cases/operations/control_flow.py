"""Branches, loops, contexts, wrappers: what is known on every way stays known, the rest is unknown."""

from typing import Optional

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from neuraltypes import reveal
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


def branches(x: Float[Tensor, "b t d"], flag: bool, mode: str) -> None:
    if flag:
        y = x.mean(1)
    else:
        y = x[:, 0]
    reveal(y)  # N: Float[Tensor, "b d"]
    if flag:
        z = x.mean(1)
    else:
        z = x
    z.sum(-1)
    nn.Linear(3, 4)(z)
    w = x.sum(-1) if flag else x.sum(1)
    reveal(w)  # N: Float[Tensor, "b t"] | Float[Tensor, "b d"]
    match mode:
        case "mean":
            pooled = x.mean(1)
        case "max":
            pooled = x.max(1).values
        case _:
            raise ValueError(mode)
    reveal(pooled)  # N: Float[Tensor, "b d"]
    if flag:
        x = x.transpose(1, 2)
    x.softmax(-1)
    x + torch.zeros(7)
    x = x[..., :3] if flag else x
    reveal(x)  # N: Float[Tensor, "b _ _"]


def optional(x: Float[Tensor, "b t d"], mask: Optional[Bool[Tensor, "b t"]] = None, bias: Tensor | None = None) -> None:
    if mask is not None:
        x = x.masked_fill(mask[..., None], 0.0)
        x.masked_fill(mask, 0.0)  # E: [shape-mismatch]
    reveal(x)  # N: Float[Tensor, "b t d"]
    keep = None if mask is None else ~mask
    if keep is not None:
        reveal(keep)  # N: Bool[Tensor, "b t"]
    y = x
    if bias is not None:
        y = y + bias
    y.sum(-1)
    mask = mask if mask is not None else x.new_zeros(x.shape[:2], dtype=torch.bool)
    reveal(mask)  # N: Bool[Tensor, "b t"]


def early(x: Float[Tensor, "b t d"], flag: bool) -> Float[Tensor, "b d"]:
    if flag:
        return x.mean(1)
    if x.shape[1] == 1:
        return x.squeeze(1)
    x = x.transpose(0, 1)
    return x[0]


def early_wrong(x: Float[Tensor, "b t d"], flag: bool) -> Float[Tensor, "b d"]:
    if flag:
        return x.mean(2)  # E: [return-value]
    return x.sum(1)


def changing(x: Float[Tensor, "b c 64"], n: int) -> Float[Tensor, "b c t"]:
    for _ in range(n):
        x = F.avg_pool1d(x, 2)
    reveal(x)  # N: Float[Tensor, "b c _"]
    while x.shape[-1] > 1:
        x = x[..., ::2]
    return x


def growing(x: Float[Tensor, "b 1"], steps: int) -> Float[Tensor, "b n"]:
    for _ in range(steps):
        nxt = x[:, -1:] * 2
        x = torch.cat([x, nxt], dim=1)
    return x


def contexts(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]:
    with torch.no_grad():
        y = x.mean(1)
    reveal(y)  # N: Float[Tensor, "b d"]
    with torch.autocast("cuda", dtype=torch.bfloat16), torch.inference_mode():
        y = y * 2
    with torch.cuda.amp.autocast(enabled=False):
        y = y.float()
    try:
        z = x.sum(1)
    except RuntimeError:
        z = y
    return z


@torch.no_grad()
def decorated(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]:
    return x.mean(1)


@torch.compile
def compiled(x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
    return x.sum(-1)


class Stack(nn.Module):
    def __init__(self, d: int, depth: int) -> None:
        super().__init__()
        self.d = d
        self.layers = nn.ModuleList([nn.Linear(d, d) for _ in range(depth)])
        self.norms = nn.ModuleList(nn.LayerNorm(d) for _ in range(depth))
        self.drops = nn.ModuleList()
        for i in range(depth):
            self.drops.append(nn.Dropout(0.1 * i))
        self.compiled = torch.compile(nn.Linear(d, d))

    def forward(self, x: Float[Tensor, "b t {self.d}"], train: bool = True) -> Float[Tensor, "b t {self.d}"]:
        states: list[Tensor] = []
        for i, (layer, norm) in enumerate(zip(self.layers, self.norms)):
            y = checkpoint(layer, norm(x), use_reentrant=False) if train else layer(norm(x))
            x = x + self.drops[i](y)
            states.append(x)
        for layer in reversed(self.layers):
            x = layer(x) + states.pop()
        for i in range(len(self.layers)):
            x = x + self.layers[i](self.norms[i](x)).relu()
        return self.compiled(x)

    def checkpointed(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        for layer in self.layers:
            x = checkpoint(layer, x)
        return x


class Narrowing(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))
        self.fixed = nn.ModuleList([nn.Linear(8, 16), nn.Linear(16, 4)])
        self.named = nn.ModuleDict({"down": nn.Linear(8, 2), "up": nn.Linear(2, 8)})

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b out"]:
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i < len(self.layers) - 1:
                x = F.relu(x)
        return x

    def over_fixed(self, x: Float[Tensor, "b 8"]) -> Float[Tensor, "b 4"]:
        for layer in self.fixed:
            x = layer(x)
        return x

    def by_index(self, x: Float[Tensor, "b 8"]) -> Float[Tensor, "b 4"]:
        reveal(self.fixed[0](x))  # N: Float[Tensor, "b 16"]
        self.fixed[1](x)  # E: [shape-mismatch]
        return self.fixed[1](self.fixed[0](x))

    def by_name(self, x: Float[Tensor, "b 8"], name: str) -> None:
        reveal(self.named["down"](x))  # N: Float[Tensor, "b 2"]
        self.named["up"](x)  # E: [shape-mismatch]
        self.named[name](x)
        x = self.named["up"](self.named["down"](x))
        reveal(x)  # N: Float[Tensor, "b 8"]


def recursive(x: Float[Tensor, "b n"], depth: int) -> Float[Tensor, "b"]:
    if depth == 0:
        return x.sum(-1)
    a, b = x.chunk(2, dim=-1)
    return recursive(a, depth - 1) + recursive(b, depth - 1)


def closures(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
    def step(y: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return y.tanh()

    double = lambda y: y * 2  # noqa: E731
    out = [step(one) for one in x.unbind(1)]
    torch.stack(list(map(step, x.unbind(1))), dim=1)
    return double(torch.stack(out, dim=1))
