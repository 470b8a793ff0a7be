"""Tensors for `torch.nn.init` to fill; those of no entries are left out, for which it warns or divides by zero."""

from __future__ import annotations

import torch

from tests.rules._conformance import Arguments, Draw, arguments

_FLOATS = (torch.float32, torch.float64, torch.float16)
_SOME_INTEGERS = (*_FLOATS, torch.int64)


@arguments("torch.nn.init.constant_", on_cpu=True)
def constant(draw: Draw) -> Arguments:
    return {"tensor": draw.tensor(0, 4, *_SOME_INTEGERS), "val": 3}


@arguments("torch.nn.init.ones_", "torch.nn.init.zeros_", on_cpu=True)
def ones(draw: Draw) -> Arguments:
    return {"tensor": draw.tensor(0, 4, *_SOME_INTEGERS)}


@arguments(*(f"torch.nn.init.{name}_" for name in ("uniform", "normal", "trunc_normal")), on_cpu=True)
def drawn(draw: Draw) -> Arguments:
    return {"tensor": draw.tensor(0, 4, *_SOME_INTEGERS)}


@arguments(
    *(f"torch.nn.init.{name}_" for name in ("xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal")),
    on_cpu=True,
)
def fans(draw: Draw) -> Arguments:
    return {"tensor": draw.tensor(1, 4, *_SOME_INTEGERS)}


@arguments("torch.nn.init.orthogonal_", on_cpu=True)
def orthogonal(draw: Draw) -> Arguments:
    return {"tensor": draw.tensor(1, 4, torch.float32, torch.float64)}


@arguments("torch.nn.init.eye_", on_cpu=True)
def eye(draw: Draw) -> Arguments:
    return {"tensor": draw.tensor(1, 3, *_FLOATS)}


@arguments("torch.nn.init.sparse_", on_cpu=True)
def sparse(draw: Draw) -> Arguments:
    low, high = (1, 3) if draw.chance(0.3) else (2, 2)
    return {"tensor": draw.tensor(low, high, *_FLOATS), "sparsity": 0.5}


@arguments("torch.nn.init.dirac_", on_cpu=True)
def dirac(draw: Draw) -> Arguments:
    found: Arguments = {"tensor": draw.tensor(2, 6, *_FLOATS)}
    return {**found, "groups": draw.choice((1, 2, 3))} if draw.chance(0.5) else found
