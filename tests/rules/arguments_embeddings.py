"""Arguments for embeddings: row numbers below the number of rows, now and then floats."""

from __future__ import annotations

import torch

from tests.rules._conformance import Arguments, Draw, T, arguments

_FLOATS = (torch.float32, torch.float64, torch.float16)


def _indices(draw: Draw, shape: tuple[int, ...]) -> T:
    wrong = (torch.float32, torch.int16, torch.uint8, torch.bool)
    dtype = draw.choice(wrong) if draw.chance(0.08) else draw.dtype(torch.int64, torch.int64, torch.int32)
    return T(shape, dtype, values=1)


def _padding_idx(draw: Draw, rows: int) -> Arguments:
    return {"padding_idx": draw.randint(-rows - 1, rows)} if draw.chance(0.3) else {}


# On the CPU: the meta kernels take row numbers of any dtype.
@arguments("torch.nn.functional.embedding", on_cpu=True)
def _embedding(draw: Draw) -> Arguments:
    rows, width = draw.size(), draw.size()
    weight = T((rows, width) if draw.chance(0.95) else (rows, width, 2), draw.dtype(*_FLOATS))
    return {"input": _indices(draw, draw.shape(0, 3)), "weight": weight, **_padding_idx(draw, rows)}


@arguments("torch.nn.Embedding.forward", on_cpu=True)
def _embedding_module(draw: Draw) -> Arguments:
    rows, width = draw.size(), draw.size()
    init: Arguments = {"num_embeddings": rows, "embedding_dim": width, **_padding_idx(draw, rows)}
    if draw.chance(0.7):
        init["dtype"] = draw.dtype(torch.float32, torch.float64)
    return {"init": init, "forward": {"input": _indices(draw, draw.shape(0, 3))}}


def _bags(draw: Draw, dtype: torch.dtype) -> tuple[Arguments, Arguments]:
    """What goes into the bags, and how it is summed up."""
    shape = draw.shape(1, 2) if draw.chance(0.95) else draw.shape(0, 3)
    given: Arguments = {"input": _indices(draw, shape)}
    if draw.chance(0.9 if len(shape) == 1 else 0.05):
        # One offset, if it is also the last, makes no bag, and torch 2.13 crashes.
        starts = draw.size(2, 4) if draw.chance(0.96) else None
        given["offsets"] = T((starts,) if starts else (2, 1), given["input"].dtype, values=1)
    options: Arguments = {}
    if draw.chance(0.7):
        options["mode"] = draw.choice(("sum", "sum", "mean", "max") if draw.chance(0.97) else ("min",))
    if draw.chance(0.6 if options.get("mode") == "sum" else 0.05):
        given["per_sample_weights"] = T(shape if draw.chance(0.95) else (*shape, 1), dtype)
    if draw.chance(0.3):
        options["include_last_offset"] = draw.chance(0.6)
    return given, options


@arguments("torch.nn.functional.embedding_bag", on_cpu=True)
def _embedding_bag(draw: Draw) -> Arguments:
    dtype = draw.dtype(torch.float32, torch.float64)
    given, options = _bags(draw, dtype)
    return {**given, **options, "weight": T((draw.size(), draw.size()), dtype)}


@arguments("torch.nn.EmbeddingBag.forward", on_cpu=True)
def _embedding_bag_module(draw: Draw) -> Arguments:
    dtype = draw.dtype(torch.float32, torch.float64)
    given, options = _bags(draw, dtype)
    rows = draw.size()
    options |= {"num_embeddings": rows, "embedding_dim": draw.size(), **_padding_idx(draw, rows)}
    if dtype != torch.float32 or draw.chance(0.7):
        options["dtype"] = dtype
    return {"init": options, "forward": given}
