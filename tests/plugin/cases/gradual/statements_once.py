"""Where tracking begins in the middle of a function, no statement before is checked again with what it assigned."""

import torch
from neuraltypes import reveal
from torch import nn


def attribute_of_what_a_module_gives(model: nn.Module) -> None:
    out = model(2)
    out = torch.cat([out.hidden_states], dim=1)
    out /= 2


def in_a_branch_of_a_loop(model: nn.Module, n: int) -> None:
    for _ in range(n):
        if n > 1:
            out = model(1)
            out = out.hidden_states[1]
        else:
            out = model(2)
            out = torch.cat([one.unsqueeze(1) for one in out.hidden_states], dim=1)
        out /= out.norm(dim=-1).unsqueeze(-1)


def unpacked(modules, x):  # type: ignore[no-untyped-def]
    x = x.chunk(2, dim=-1)
    out = tuple(module(chunk) for module, chunk in zip(modules, x, strict=True))
    out = tuple(zip(*out, strict=True))
    first, second, *others = out
    first = torch.cat(first, dim=1)
    second = torch.stack(second)
    return first, second, others


def deleted(flag: bool) -> None:
    width = 3
    width = width + 1
    x = torch.zeros(width, 2)
    del width
    x = torch.ones(2, 5)
    reveal(x)  # N: is Float32[Tensor, "2 5"]


def at_the_start_of_a_loop(model: nn.Module, n: int) -> None:
    for _ in range(n):
        out = model(1).first
        out = torch.stack([out.second])
        reveal(out)  # N: is Tensor


def swapped(model: nn.Module) -> None:
    a, b = model(1)
    a, b = b.left, a.right
    a = torch.stack([a.left])
