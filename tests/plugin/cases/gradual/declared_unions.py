"""A name that is declared as a union and is given an `Any` holds what plain mypy says of it, also in tracked code."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Image: ...


def one_beside_none(image: Image | list[Image] | Tensor | None, latents: Tensor | None, make: Any) -> Any:
    latents = make.prepare(latents)
    for step in make.steps:
        x = torch.zeros(3, 4)
        x = x[0]
        latents = make.step(latents, step).previous
    image = latents
    image = image * 0.5 + 0.5
    image = image.clamp(0, 1)
    return image


def one_of_two(latents: Tensor | Image | None, n: int, make: Any) -> Tensor:
    latents = make.invert(latents)
    x = torch.zeros(3, 4)
    x = x[0]
    if latents.ndim == 4:  # E: "Image" of "Tensor[Any, Any, Any] | Any | Image" has no attribute "ndim"  [union-attr]
        latents = latents.reshape(4, 5)  # E: has no attribute "reshape"  [union-attr]
    latents = latents.transpose(0, 1).repeat_interleave(n)  # E: has no attribute "transpose"  [union-attr]
    latents = latents.to(dtype=torch.float32)
    return latents[0].clone()


def made_in_branches(sigmas: Tensor | list[float] | None, n: int, make: Any) -> Tensor:
    if sigmas is None:
        sigmas = torch.linspace(0, 1, n)
    else:
        sigmas = sigmas.to(torch.float32)  # type: ignore[union-attr]
    if n == 3:
        sigmas = make.karras(sigmas)
    sigmas = sigmas.to(dtype=torch.float32)  # E: "list[float]" of "Tensor[Any, Any, Any] | Any | list[float]" has no
    return torch.cat([sigmas, torch.full((1,), 3)])


def of_known_shape(x: Float[Tensor, "b 8"] | None, linear: nn.Linear) -> None:
    proj = nn.Linear(8, 4)
    if x is None:
        x = torch.zeros(2, 8)
    x = proj(x)
    proj(x)  # E: axis -1 is 4, expected 8  [shape-mismatch]
