"""Optional masks and what depends on them are silent."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


def masked_mean(x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"] | None = None) -> Float[Tensor, "b d"]:
    if mask is None:
        return x.mean(dim=1)
    weights = mask.float().unsqueeze(-1)
    return (x * weights).sum(1) / weights.sum(1).clamp(min=1)


def default_mask(x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"] | None = None) -> Bool[Tensor, "b t"]:
    mask = mask if mask is not None else torch.ones(x.shape[:2], dtype=torch.bool)
    return mask


def default_by_or(x: Float[Tensor, "b t d"], initial: Float[Tensor, "b d"] | None) -> Float[Tensor, "b d"]:
    h = initial if initial is not None else x.new_zeros(x.shape[0], x.shape[2])
    for step in x.unbind(1):
        h = h + step
    return h


def both(a: Float[Tensor, "b t"] | None, b: Float[Tensor, "b t"] | None) -> Float[Tensor, "b t"] | None:
    if a is None:
        return b
    if b is None:
        return a
    return a + b


def either(x: Float[Tensor, "b t"] | Int[Tensor, "b t"] | list[int]) -> Float[Tensor, "b t"]:
    if isinstance(x, list):
        x = torch.tensor([x])
    if not x.is_floating_point():
        x = x.float()
    return x


def combine(*masks: Bool[Tensor, "b t"] | None) -> Bool[Tensor, "b t"] | None:
    found = [mask for mask in masks if mask is not None]
    if not found:
        return None
    result = found[0]
    for mask in found[1:]:
        result = result & mask
    return result


class Dropout(nn.Module):
    def __init__(self, p: float | None = None) -> None:
        super().__init__()
        self.p = p

    def forward(
        self, x: Float[Tensor, "*shape"], mask: Bool[Tensor, "*shape"] | None = None
    ) -> Float[Tensor, "*shape"]:
        if self.p is None or not self.training:
            return x
        if mask is None:
            mask = torch.rand_like(x) > self.p
        return x * mask / (1 - self.p)


def union_of_shapes(x: Float[Tensor, "b t"] | Float[Tensor, "b t c"]) -> Float[Tensor, "b t c"]:
    if x.ndim == 2:
        x = x.unsqueeze(-1)
    return x


def many(x: Float[Tensor, "b t"] | list[Float[Tensor, "_ t"]]) -> list[Float[Tensor, "_ t"]]:
    return x if isinstance(x, list) else [x]


def calls(
    x: Float[Tensor, "b t d"],
    y: Float[Tensor, "b t"],
    z: Int[Tensor, "b t"],
    mask: Bool[Tensor, "b t"] | None,
    flag: bool,
) -> None:
    masked_mean(x)
    masked_mean(x, None)
    masked_mean(x, mask)
    masked_mean(x, mask=mask if flag else None)
    default_by_or(x, None)
    both(y, None)
    both(None, None)
    both(y, y)
    either(y)
    either(z)
    either([1, 2])
    either(y if flag else z)
    either(y if flag else [3])
    combine()
    combine(mask, None, mask)
    combine(*[mask, mask])
    union_of_shapes(y)
    union_of_shapes(x)
    union_of_shapes(x if flag else y)
    many([y, y])
    many(y)
    Dropout()(y, mask)
    Dropout()(x)


def early(x: Float[Tensor, "b t d"] | None, y: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
    out = None
    if x is not None:
        out = x
    if out is None:
        out = y
    return out


def walrus(cache: dict[str, Float[Tensor, "b d"]], key: str) -> Float[Tensor, "b d"] | None:
    if (found := cache.get(key)) is not None:
        return found
    return None


def matched(x: Float[Tensor, "b d"] | str | None) -> Float[Tensor, "b d"] | None:
    match x:
        case None:
            return None
        case str():
            return torch.load(x)
        case Tensor():
            return x


def tried(path: str, fallback: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    try:
        x = torch.load(path)
    except OSError:
        x = fallback
    finally:
        print(path)
    return x
