"""What `hasattr` has seen, and what a subclass has, is there when more is known of the tensor, too."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import Parameter


class Marked(Tensor):
    mark: int


def takes(parameter: Parameter) -> None: ...


def narrowed_afterwards(x: Tensor, w: Parameter) -> None:
    if hasattr(x, "linked") and x.ndim == 3:
        x.linked
        b, c, d = x.shape
        x.linked
    if hasattr(w, "linked"):
        assert w.shape == (1,), w.shape
        w.linked
        if w.linked:
            w = w.linked
    w.linked  # E: "Parameter[Any, Any, Any]" has no attribute "linked"  [attr-defined]


def narrowed_before(x: Tensor) -> None:
    b, c = x.shape
    if hasattr(x, "linked"):
        x.linked
    x.linked  # E: "Tensor[Any, Any, Any]" has no attribute "linked"  [attr-defined]


def assigned_before() -> None:
    x = torch.zeros(3)
    x = torch.zeros(4, 5)
    if hasattr(x, "linked") and x.linked:
        x.linked


def without_rebinding(x: Float[Tensor, "b 3"]) -> None:
    if hasattr(x, "linked") and x.linked:
        x.linked
    b, c, d = x.shape  # E: Need more than 2 values to unpack (3 expected)  [misc]


def classes_stay(x: Marked, w: Parameter) -> None:
    assert x.ndim == 3
    x.mark
    b, c, d = x.shape
    x.mark
    assert w.ndim == 3
    takes(w)
    b, c, d = w.shape
    takes(w)
    b, c = w.shape  # E: Too many values to unpack (2 expected, 3 provided)  [misc]


def seen_again(p: Parameter) -> None:
    assert hasattr(p, "_is_sharded") and hasattr(p, "_orig_size")
    if hasattr(p, "_shard"):
        return
    if p._is_sharded:
        print(p._orig_size)


def of_a_module(x: Float[Tensor, "b 4"], layer: nn.Linear) -> None:
    y = layer(x)
    y = y.reshape(-1, 2)
    if hasattr(y, "redistribute"):
        y = y.redistribute(3)
    z = torch.relu(x)
    z.redistribute(3)  # E: [attr-defined]
