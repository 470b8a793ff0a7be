"""Arguments for the rules of indices, gather and scatter, masks, sorting and searching.

Values lie on the CPU wherever a result or a refusal hangs on them: masks, indices, counts.
"""

import math
from typing import Any

import torch

from tests.rules._conformance import EXPECTED_UNKNOWN, ON_CPU, Arguments, Draw, T, arguments, rule_names


def on_cpu(*names: str) -> None:
    """Run functions and their methods on the CPU."""
    rules = rule_names()
    for name in names:
        method = name.replace("torch.", "torch.Tensor.")
        ON_CPU.update(one for one in (name, method, f"{method}_") if one in rules)


def _bound(draw: Draw, size: int) -> int | None:
    return draw.choice((None, draw.randint(-size - 1, size + 1), draw.randint(0, size)))


def _mask(draw: Draw, size: int) -> list[bool]:
    return [draw.chance(0.5) for _ in range(size + draw.chance(0.04))]


def _position(draw: Draw, size: int) -> int:
    return draw.dim(size, wrong=0.03) if size else 0


def _list(draw: Draw, size: int) -> Any:
    """A list as an index: of numbers, of lists of numbers, of flags."""
    if draw.chance(0.3):
        return _mask(draw, size)
    if draw.chance(0.2):
        return [[_position(draw, size) for _ in range(2)] for _ in range(2)]
    return [_position(draw, size) for _ in range(2 if draw.chance(0.9) else 3)]


def _tensor(draw: Draw) -> T:
    shape = draw.choice(((2,), (2,), (1,), (3, 2), (), (1, 2), (4,)))
    dtype = draw.dtype(torch.int64, torch.int64, torch.int64, torch.int32)
    return T(shape, torch.float32 if draw.chance(0.03) else dtype, values=1)


def _index(draw: Draw, shape: tuple[int, ...], *, tensors: bool = True, has_mask: bool = False) -> Any:
    """An index; with a mask, of which it is data how many entries it picks, there is no other tensor beside it."""
    items: list[Any] = []
    at = 0
    while at < len(shape) and draw.chance(0.8):
        size = shape[at]
        kind = draw.choice(("int", "slice", "slice", "none", "picked", "picked", "slice", "bool"))
        if kind == "picked" and tensors:
            kind = draw.choice(("mask", "mask2")) if has_mask else draw.choice(("list", "tensor"))
            tensors = not has_mask
        elif kind in ("picked", "bool"):
            kind = "slice"
        if kind == "int":
            items.append(_position(draw, size))
        elif kind == "slice":
            items.append(slice(_bound(draw, size), _bound(draw, size), draw.choice((None, None, 1, 2, 3))))
        elif kind == "none":
            items.append(None)
            at -= 1
        elif kind == "list":
            items.append(_list(draw, size))
        elif kind == "tensor":
            items.append(_tensor(draw))
        elif kind == "mask":
            items.append(T((size + draw.chance(0.04),), draw.dtype(torch.bool), values=2))
        elif kind == "mask2" and at + 1 < len(shape):
            items.append(T((size, shape[at + 1]), torch.bool, values=2))
            at += 1
        elif kind == "bool" and draw.chance(0.2):
            items.append(draw.chance(0.5))
            at -= 1
        else:
            items.append(slice(None))
        at += 1
    if draw.chance(0.25):
        where = draw.randint(0, len(items))
        items = [*items[:where], Ellipsis, *items[where:]]
    if draw.chance(0.03):
        items += [0] * (len(shape) + 1)
    if draw.chance(0.01):
        items.append(slice(0, 2, -1))
    if len(items) == 1 and draw.chance(0.5) and not isinstance(items[0], list):
        return items[0]
    return tuple(items)


@arguments("torch.Tensor.__getitem__", on_cpu=True)
def get_item(draw: Draw) -> Arguments:
    shape = draw.shape()
    return {"self": T(shape, draw.dtype()), "indices": _index(draw, shape, has_mask=draw.chance(0.3))}


@arguments("torch.Tensor.__setitem__", on_cpu=True)
def set_item(draw: Draw) -> Arguments:
    shape = draw.shape()
    has_mask = draw.chance(0.2)
    tensor = T(shape, draw.dtype())
    index = _index(draw, shape, tensors=has_mask or draw.chance(0.5), has_mask=has_mask)
    value: Any = draw.choice((1, 2, True))
    if not has_mask and draw.chance(0.8):
        try:
            picked = tuple(torch.empty(shape)[_plain(index)].shape)
        except (IndexError, ValueError, TypeError, RuntimeError):
            picked = shape
        given = draw.broadcastable(picked)
        value = T(given, draw.dtype() if draw.chance(0.1) else tensor.dtype)
    return {"self": tensor, "indices": index, "value": value}


def _plain(index: Any) -> Any:
    if isinstance(index, tuple):
        return tuple(map(_plain, index))
    if isinstance(index, T):
        return torch.zeros(index.shape).to(index.dtype)
    return index


def _below(draw: Draw, shape: tuple[int, ...], dim: int, *, also_along: bool = False) -> tuple[int, ...]:
    """A shape of axes no longer than those of another, of any length along `dim`."""
    sizes = [draw.randint(1, size) for size in shape]
    if shape and -len(shape) <= dim < len(shape) and not also_along:
        sizes[dim] = draw.size()
    if sizes and draw.chance(0.08):
        sizes[draw.randrange(len(sizes))] += 2
    if draw.chance(0.03):
        sizes.append(1)
    return tuple(sizes)


def _index_dtype(draw: Draw) -> torch.dtype:
    return torch.float32 if draw.chance(0.03) else torch.int64


@arguments("torch.gather")
def gather(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    dim = draw.dim(len(tensor.shape))
    return {"input": tensor, "dim": dim, "index": T(_below(draw, tensor.shape, dim), _index_dtype(draw), values=1)}


def _scatter(draw: Draw) -> tuple[Arguments, T]:
    tensor = draw.tensor(0, 4, torch.float32, torch.float64, torch.int64)
    dim = draw.dim(len(tensor.shape))
    index = T(_below(draw, tensor.shape, dim), _index_dtype(draw), values=1)
    source = tuple(size + draw.randint(0, 2) for size in index.shape)
    if source and draw.chance(0.05):
        source = (source[0] - 1, *source[1:])
    dtype = torch.float16 if draw.chance(0.05) else tensor.dtype
    return {"input": tensor, "dim": dim, "index": index}, T(source, dtype)


@arguments("torch.scatter", on_cpu=True)
def scatter(draw: Draw) -> Arguments:
    found, source = _scatter(draw)
    found |= {"src": source} if draw.chance(0.7) else {"value": draw.choice((1, 2))}
    return found | ({"reduce": draw.choice(("add", "multiply"))} if draw.chance(0.2) else {})


@arguments("torch.scatter_add", on_cpu=True)
def scatter_add(draw: Draw) -> Arguments:
    found, source = _scatter(draw)
    return {**found, "src": source}


@arguments("torch.scatter_reduce", on_cpu=True)
def scatter_reduce(draw: Draw) -> Arguments:
    found, source = _scatter(draw)
    return {**found, "src": source, "reduce": draw.choice(("sum", "mean", "amax"))}


def _row(draw: Draw) -> T:
    shape = draw.choice(((2,), (3,), (1,), (4,), ())) if draw.chance(0.95) else (2, 2)
    dtype = draw.dtype(torch.int64, torch.int64, torch.int32)
    return T(shape, torch.float32 if draw.chance(0.03) else dtype, values=1)


@arguments("torch.index_select", on_cpu=True)
def index_select(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    return {"input": tensor, "dim": draw.dim(len(tensor.shape)), "index": _row(draw)}


def _index_add(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 4, torch.float32, torch.float64, torch.int64)
    dim, index = draw.dim(len(tensor.shape)), _row(draw)
    shape = list(tensor.shape)
    if shape and -len(shape) <= dim < len(shape):
        shape[dim] = math.prod(index.shape)
    if shape and draw.chance(0.08):
        shape[draw.randrange(len(shape))] += 1
    dtype = torch.float16 if draw.chance(0.05) else tensor.dtype
    return {"input": tensor, "dim": dim, "index": index, "source": T(tuple(shape), dtype)}


@arguments("torch.index_add", on_cpu=True)
def index_add(draw: Draw) -> Arguments:
    return _index_add(draw)


@arguments("torch.index_copy", on_cpu=True)
def index_copy(draw: Draw) -> Arguments:
    found = _index_add(draw)
    return found | {"index": T(found["index"].shape, torch.int64, values=1)}


@arguments("torch.index_reduce", on_cpu=True)
def index_reduce(draw: Draw) -> Arguments:
    return _index_add(draw) | {"reduce": draw.choice(("prod", "mean", "amax"))}


@arguments("torch.index_fill", on_cpu=True)
def index_fill(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 4, torch.float32, torch.float64, torch.int64)
    value = T((2,), torch.float32) if draw.chance(0.05) else draw.choice((1, 2, T((), torch.float32)))
    index = T(_row(draw).shape, torch.int32 if draw.chance(0.05) else torch.int64, values=1)
    return {"input": tensor, "dim": draw.dim(len(tensor.shape)), "index": index, "value": value}


@arguments("torch.index_put", "torch.index_put_", on_cpu=True)
def index_put(draw: Draw) -> Arguments:
    shape = draw.shape(1, 4)
    count = draw.randint(1, len(shape))
    picked = draw.choice(((2,), (3, 2), (1,)))
    indices = tuple(T(picked if draw.chance(0.8) else (1,), torch.int64, values=1) for _ in range(count))
    given = draw.broadcastable((*picked, *shape[count:]))
    dtype = draw.dtype(torch.float32, torch.float64, torch.int64)
    other = torch.float16 if draw.chance(0.05) else dtype
    return {"input": T(shape, dtype), "indices": indices, "values": T(given, other)}


@arguments("torch.take", on_cpu=True)
def take(draw: Draw) -> Arguments:
    index = T(draw.shape(0, 3), torch.int32 if draw.chance(0.1) else torch.int64, values=1)
    return {"input": draw.tensor(), "index": index}


@arguments("torch.put", on_cpu=True)
def put(draw: Draw) -> Arguments:
    shape = draw.shape(0, 3)
    source = (*shape, 2) if draw.chance(0.1) else (math.prod(shape),) if draw.chance(0.5) else shape
    dtype = draw.dtype(torch.float32, torch.float64, torch.int64)
    other = torch.float16 if draw.chance(0.05) else dtype
    index = T(shape, torch.int32 if draw.chance(0.1) else torch.int64, values=1)
    return {"input": T(draw.shape(), dtype), "index": index, "source": T(source, other)}


@arguments("torch.take_along_dim", on_cpu=True)
def take_along_dim(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    if draw.chance(0.2):
        return {"input": tensor, "indices": T(draw.shape(0, 3), _index_dtype(draw), values=1)}
    dim = draw.dim(len(tensor.shape))
    sizes = [size if draw.chance(0.7) else 1 for size in tensor.shape]
    if sizes and -len(sizes) <= dim < len(sizes):
        sizes[dim] = draw.size()
    if sizes and draw.chance(0.05):
        sizes[draw.randrange(len(sizes))] += 1
    return {"input": tensor, "indices": T(tuple(sizes), _index_dtype(draw), values=1), "dim": dim}


@arguments("torch.masked_select", on_cpu=True)
def masked_select(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    dtype = torch.int64 if draw.chance(0.05) else torch.bool
    return {"input": tensor, "mask": T(draw.broadcastable(tensor.shape), dtype, values=2)}


@arguments("torch.masked_scatter", "torch.Tensor.masked_scatter_", on_cpu=True)
def masked_scatter(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 4, torch.float32, torch.float64, torch.int64)
    dtype = torch.int64 if draw.chance(0.05) else torch.bool
    source = T((6000,), torch.float16 if draw.chance(0.05) else tensor.dtype)
    return {"input": tensor, "mask": T(draw.broadcastable(tensor.shape), dtype, values=2), "source": source}


@arguments("torch.nonzero", on_cpu=True)
def nonzero(draw: Draw) -> Arguments:
    return {"input": draw.tensor()} | ({"as_tuple": draw.chance(0.5)} if draw.chance(0.5) else {})


_ORDERED = (torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.complex64)


def _axis_size(tensor: T, dim: int) -> int:
    return tensor.shape[dim] if -len(tensor.shape) <= dim < len(tensor.shape) else 1


@arguments("torch.topk", on_cpu=True)  # meta takes complex numbers and bools
def topk(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 4, *_ORDERED, torch.bool)
    dim = draw.dim(len(tensor.shape))
    return {"input": tensor, "k": draw.randint(0, _axis_size(tensor, dim) + draw.chance(0.1)), "dim": dim}


@arguments("torch.sort", on_cpu=True)  # meta takes complex numbers
def sort(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 4, *_ORDERED, torch.bool)
    found: Arguments = {"input": tensor}
    if draw.chance(0.7):
        found["dim"] = draw.dim(len(tensor.shape))
    return found | ({"descending": True} if draw.chance(0.4) else {})


@arguments("torch.argsort", on_cpu=True)
def argsort(draw: Draw) -> Arguments:
    return sort(draw)


@arguments("torch.msort", on_cpu=True)
def msort(draw: Draw) -> Arguments:
    return {"input": draw.tensor(0, 4, *_ORDERED)}


@arguments("torch.kthvalue", on_cpu=True)
def kthvalue(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 4, torch.float32, torch.float64, torch.int64)
    dim = draw.dim(len(tensor.shape))
    low, high = (0, 1) if draw.chance(0.1) else (1, 0)
    found: Arguments = {"input": tensor, "k": draw.randint(low, _axis_size(tensor, dim) + high), "dim": dim}
    return found | ({"keepdim": draw.chance(0.5)} if draw.chance(0.5) else {})


@arguments("torch.unique", "torch.unique_consecutive", on_cpu=True)
def unique(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 3, torch.float32, torch.int64, torch.bool)
    found: Arguments = {"input": tensor}
    for name in ("return_inverse", "return_counts"):
        if draw.chance(0.4):
            found[name] = draw.chance(0.7)
    return found | ({"dim": draw.dim(len(tensor.shape))} if draw.chance(0.5) else {})


@arguments("torch.bincount", on_cpu=True)
def bincount(draw: Draw) -> Arguments:
    size = draw.size()
    shape = (size,) if draw.chance(0.9) else draw.shape(0, 2)
    found: Arguments = {"input": T(shape, draw.dtype(torch.int64, torch.int32, torch.uint8, torch.float32))}
    if draw.chance(0.5):
        found["weights"] = T((size + draw.chance(0.1),), draw.dtype(torch.float32, torch.float64, torch.int64))
    return found | ({"minlength": draw.randint(-1 if draw.chance(0.1) else 0, 5)} if draw.chance(0.5) else {})


@arguments("torch.histc", on_cpu=True)
def histc(draw: Draw) -> Arguments:
    tensor = draw.tensor(0, 3, torch.float32, torch.float64)
    return {"input": tensor} | ({"bins": draw.randint(0 if draw.chance(0.1) else 1, 6)} if draw.chance(0.8) else {})


@arguments("torch.searchsorted", on_cpu=True)
def searchsorted(draw: Draw) -> Arguments:
    rows = draw.shape(0 if draw.chance(0.03) else 1, 3)
    dtype = draw.dtype(torch.float32, torch.float64, torch.int64)
    options: Arguments = {"out_int32": draw.chance(0.5)} if draw.chance(0.5) else {}
    if draw.chance(0.3):
        options["right"] = draw.chance(0.5)
    if draw.chance(0.3):
        options["side"] = draw.choice(("left", "right", "left", "middle"))
    if draw.chance(0.15):
        return {"sorted_sequence": T(rows, dtype), "self": 2.0, **options}
    shape = (*rows[:-1], draw.size()) if len(rows) > 1 or draw.chance(0.3) else draw.shape(0, 3)
    if len(shape) > 1 and draw.chance(0.1):
        shape = (shape[0] + 1, *shape[1:])
    other = torch.float16 if draw.chance(0.05) else dtype
    return {"sorted_sequence": T(rows, dtype), "input": T(shape, other), **options}


@arguments("torch.bucketize", on_cpu=True)
def bucketize(draw: Draw) -> Arguments:
    boundaries = T(draw.shape(0, 2) if draw.chance(0.1) else draw.shape(1, 1), torch.float32)
    options: Arguments = {"out_int32": draw.chance(0.5)} if draw.chance(0.5) else {}
    if draw.chance(0.15):
        return {"self": 2.0, "boundaries": boundaries, **options}
    return {"input": draw.tensor(0, 3, torch.float32, torch.float64, torch.int64), "boundaries": boundaries, **options}


@arguments("torch.nn.functional.one_hot", on_cpu=True)
def one_hot(draw: Draw) -> Arguments:
    tensor = T(draw.shape(0, 3), torch.int32 if draw.chance(0.05) else torch.int64, values=2)
    return {"tensor": tensor} | ({"num_classes": draw.choice((2, 3, 4, 5, -1))} if draw.chance(0.8) else {})


on_cpu(
    *("torch.scatter", "torch.scatter_add", "torch.scatter_reduce", "torch.index_select", "torch.index_add"),
    *("torch.index_copy", "torch.index_reduce", "torch.index_fill", "torch.index_put", "torch.take", "torch.put"),
    *("torch.take_along_dim", "torch.masked_select", "torch.masked_scatter", "torch.nonzero", "torch.argwhere"),
    *("torch.topk", "torch.sort", "torch.argsort", "torch.msort", "torch.kthvalue", "torch.unique"),
    *("torch.unique_consecutive", "torch.bincount", "torch.histc", "torch.gather"),
)
for _name in ("masked_select", "nonzero", "argwhere", "unique", "unique_consecutive", "bincount"):
    EXPECTED_UNKNOWN.update((f"torch.{_name}", f"torch.Tensor.{_name}"))
