"""Arguments of products. All run on the CPU: the meta kernels mix dtypes and multiply bools, which no device does."""

from __future__ import annotations

from typing import Any

import torch

from tests.rules._conformance import FLOATS, INTS, Arguments, Draw, T, arguments

_NUMBERS = (*FLOATS, *INTS, torch.complex64)


def _and_methods(*names: str) -> tuple[str, ...]:
    """Functions and the methods of their names."""
    return (*names, *(name.replace("torch.", "torch.Tensor.") for name in names))


def _dtype(draw: Draw) -> torch.dtype:
    return draw.dtype() if draw.chance(0.05) else draw.dtype(*_NUMBERS)


def _other_dtype(draw: Draw, dtype: torch.dtype) -> torch.dtype:
    return draw.dtype() if draw.chance(0.04) else dtype


def _wrong(draw: Draw, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that is off now and then: one axis longer, or one more, or one fewer."""
    if draw.chance(0.9) or not shape:
        return shape
    if draw.chance(0.6):
        at = draw.randrange(len(shape))
        return (*shape[:at], shape[at] + 1, *shape[at + 1 :])
    return shape[1:] if draw.chance(0.5) else (2, *shape)


def _tensors(draw: Draw, **shapes: tuple[int, ...]) -> Arguments:
    """Tensors of those shapes and of one dtype, most of the time."""
    dtype = _dtype(draw)
    return {name: T(_wrong(draw, shape), _other_dtype(draw, dtype)) for name, shape in shapes.items()}


@arguments(*_and_methods("torch.matmul"), "torch.linalg.matmul", on_cpu=True)
def matmul(draw: Draw) -> Arguments:
    left, right = matrices(draw)
    return _tensors(draw, input=left, other=right)


def matrices(draw: Draw) -> tuple[tuple[int, ...], tuple[int, ...]]:
    n, m, p = draw.size(), draw.size(), draw.size()
    batch = draw.shape(0, 2)
    left = (m,) if draw.chance(0.25) else (*draw.broadcastable(batch), n, m)
    right = (m,) if draw.chance(0.25) else (*batch, m, p)
    return left, right


@arguments("torch.Tensor.__matmul__", on_cpu=True)
def at(draw: Draw) -> Arguments:
    left, right = matrices(draw)
    return _tensors(draw, self=left, other=right)


@arguments("torch.Tensor.__rmatmul__", on_cpu=True)
def at_reflected(draw: Draw) -> Arguments:
    left, right = matrices(draw)
    return _tensors(draw, self=right, other=left)


@arguments(*_and_methods("torch.mm"), on_cpu=True)
def mm(draw: Draw) -> Arguments:
    n, m, p = draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=(n, m), mat2=(m, p))


@arguments(*_and_methods("torch.bmm"), on_cpu=True)
def bmm(draw: Draw) -> Arguments:
    b, n, m, p = draw.size(), draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=(b, n, m), mat2=(b, m, p))


@arguments(*_and_methods("torch.mv"), on_cpu=True)
def mv(draw: Draw) -> Arguments:
    n, m = draw.size(), draw.size()
    return _tensors(draw, input=(n, m), vec=(m,))


@arguments(*_and_methods("torch.dot"), on_cpu=True)
def dot(draw: Draw) -> Arguments:
    n = draw.size()
    return _tensors(draw, input=(n,), tensor=(n,))


@arguments(*_and_methods("torch.vdot"), on_cpu=True)
def vdot(draw: Draw) -> Arguments:
    n = draw.size()
    return _tensors(draw, input=(n,), other=(n,))


@arguments(*_and_methods("torch.inner"), on_cpu=True)
def inner(draw: Draw) -> Arguments:
    last = (draw.size(),)
    left = () if draw.chance(0.15) else (*draw.shape(0, 2), *last)
    right = () if draw.chance(0.15) else (*draw.shape(0, 2), *last)
    return _tensors(draw, input=left, other=right)


@arguments(*_and_methods("torch.outer"), "torch.ger", "torch.Tensor.ger", on_cpu=True)
def outer(draw: Draw) -> Arguments:
    found = _tensors(draw, input=(draw.size(),), vec2=(draw.size(),))
    return {name: T(tensor.shape, draw.dtype()) for name, tensor in found.items()}


@arguments(*_and_methods("torch.kron"), on_cpu=True)
def kron(draw: Draw) -> Arguments:
    return {"input": draw.tensor(0, 3), "other": draw.tensor(0, 3)}


def _cross_shapes(draw: Draw) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    shape = list(draw.shape(1, 3))
    dim = draw.randrange(-len(shape), len(shape))
    shape[dim] = 3
    other = [1 if draw.chance(0.1) else size for size in shape]
    if draw.chance(0.95):
        other[dim] = 3
    return tuple(shape), tuple(other), dim


@arguments(*_and_methods("torch.cross"), on_cpu=True)
def cross(draw: Draw) -> Arguments:
    shape, other, dim = _cross_shapes(draw)
    found = _tensors(draw, input=shape, other=other)
    return {**found, "dim": dim} if draw.chance(0.7) else found


@arguments("torch.linalg.cross", on_cpu=True)
def linalg_cross(draw: Draw) -> Arguments:
    shape, other, dim = _cross_shapes(draw)
    found = _tensors(draw, input=shape, other=other)
    return {**found, "dim": dim} if draw.chance(0.9) else found


@arguments("torch.linalg.vecdot", on_cpu=True)
def vecdot(draw: Draw) -> Arguments:
    shape = draw.shape(1, 3)
    other = draw.broadcastable(shape)
    dtype = draw.dtype(*FLOATS, torch.complex64, _dtype(draw))
    found = {"x": T(shape, dtype), "y": T(_wrong(draw, other), _other_dtype(draw, dtype))}
    return {**found, "dim": draw.dim(max(len(one.shape) for one in found.values()))}


@arguments(*_and_methods("torch.addmm"), on_cpu=True)
def addmm(draw: Draw) -> Arguments:
    n, m, p = draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=draw.broadcastable((n, p)), mat1=(n, m), mat2=(m, p))


@arguments("torch.Tensor.addmm_", on_cpu=True)
def addmm_in_place(draw: Draw) -> Arguments:
    n, m, p = draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=(n, p), mat1=(n, m), mat2=(m, p))


@arguments(*_and_methods("torch.addmv"), on_cpu=True)
def addmv(draw: Draw) -> Arguments:
    n, m = draw.size(), draw.size()
    return _tensors(draw, input=draw.broadcastable((n,)), mat=(n, m), vec=(m,))


@arguments("torch.Tensor.addmv_", on_cpu=True)
def addmv_in_place(draw: Draw) -> Arguments:
    n, m = draw.size(), draw.size()
    return _tensors(draw, input=(n,), mat=(n, m), vec=(m,))


@arguments(*_and_methods("torch.addr"), on_cpu=True)
def addr(draw: Draw) -> Arguments:
    n, m = draw.size(), draw.size()
    return _tensors(draw, input=draw.broadcastable((n, m)), vec1=(n,), vec2=(m,))


@arguments("torch.Tensor.addr_", on_cpu=True)
def addr_in_place(draw: Draw) -> Arguments:
    n, m = draw.size(), draw.size()
    found = _tensors(draw, input=(n, m), vec1=(n,), vec2=(m,))
    return {name: T(tensor.shape, found["input"].dtype) for name, tensor in found.items()}


@arguments(*_and_methods("torch.baddbmm"), on_cpu=True)
def baddbmm(draw: Draw) -> Arguments:
    b, n, m, p = draw.size(), draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=draw.broadcastable((b, n, p)), batch1=(b, n, m), batch2=(b, m, p))


@arguments("torch.Tensor.baddbmm_", on_cpu=True)
def baddbmm_in_place(draw: Draw) -> Arguments:
    b, n, m, p = draw.size(), draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=(b, n, p), batch1=(b, n, m), batch2=(b, m, p))


@arguments(*_and_methods("torch.addbmm"), on_cpu=True)
def addbmm(draw: Draw) -> Arguments:
    b, n, m, p = draw.size(), draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=draw.broadcastable((n, p)), batch1=(b, n, m), batch2=(b, m, p))


@arguments("torch.Tensor.addbmm_", on_cpu=True)
def addbmm_in_place(draw: Draw) -> Arguments:
    b, n, m, p = draw.size(), draw.size(), draw.size(), draw.size()
    return _tensors(draw, input=(n, p), batch1=(b, n, m), batch2=(b, m, p))


def _chain(draw: Draw, count: int) -> list[T]:
    sizes = [draw.size() for _ in range(count + 1)]
    shapes = {str(n): (sizes[n], sizes[n + 1]) for n in range(count)}
    return list(_tensors(draw, **shapes).values())


@arguments("torch.chain_matmul", on_cpu=True)
def chain(draw: Draw) -> Arguments:
    return {"matrices": tuple(_chain(draw, draw.randint(1, 4)))}


@arguments("torch.linalg.multi_dot", on_cpu=True)
def multi_dot(draw: Draw) -> Arguments:
    found = _chain(draw, draw.randint(1 if draw.chance(0.1) else 2, 4))
    if draw.chance(0.3):
        found[0] = T(found[0].shape[-1:], found[0].dtype)
    if draw.chance(0.3):
        found[-1] = T(found[-1].shape[:1], found[-1].dtype)
    return {"tensors": found}


@arguments("torch.tensordot", on_cpu=True)
def tensordot(draw: Draw) -> Arguments:
    shared = draw.shape(0, 2)
    left, right = draw.shape(0, 2), draw.shape(0, 2)
    if draw.chance(0.5):
        dims: Any = len(shared) if draw.chance(0.9) else draw.randint(0, 3)
        return {**_tensors(draw, a=(*left, *shared), b=(*shared, *right)), "dims": dims}
    found = _tensors(draw, a=(*shared, *left), b=(*right, *shared))
    ones = list(range(len(shared)))
    others = [len(right) + one if draw.chance(0.5) else one - len(shared) for one in ones]
    if draw.chance(0.1):
        others = others[1:]
    return {**found, "dims": (ones, others)}


_EQUATIONS = (
    *(
        "ij,jk->ik",
        "bij,bjk->bik",
        "bhid,bhjd->bhij",
        "ii->i",
        "ii",
        "ij->ji",
        "i,j->ij",
        "ij,ij->",
        "b i d, b j d -> b i j",
    ),
    *(
        "...ij,...jk->...ik",
        "...d,d->...",
        "b...->...b",
        "ij,jk",
        "ba,ac",
        "bij,jk,kl->bil",
        "bi,oij,bj->bo",
        "i->",
        "ij->i",
    ),
    *(
        "bqhd,bkhd->bhqk",
        "nc,vc->nv",
        "ijk->",
        "...ii->...i",
        "...",
        "bd,...d->...b",
        "a,b,c->abc",
        "ij,jk->il",
        "ij,j->ii",
    ),
)


@arguments("torch.einsum", on_cpu=True)
def einsum(draw: Draw) -> Arguments:
    equation = draw.choice(_EQUATIONS)
    sizes = {letter: draw.size() for letter in equation if letter.isalpha()}
    dots = draw.shape(0, 2)
    operands: list[T] = []
    dtype = draw.dtype(*FLOATS, torch.int64, torch.complex64)
    for term in equation.partition("->")[0].replace(" ", "").split(","):
        shape: list[int] = []
        for letter in term.replace("...", "."):
            shape += dots if letter == "." else (1 if draw.chance(0.04) else sizes[letter],)
        other = draw.dtype(torch.float32, torch.float64, torch.int64) if draw.chance(0.04) else dtype
        operands.append(T(_wrong(draw, tuple(shape)) if draw.chance(0.4) else tuple(shape), other))
    if draw.chance(0.05):
        operands = operands[1:] or operands * 2
    if draw.chance(0.2) and "," in equation and operands:
        return {"args": _by_numbers(draw, equation, operands)}
    return {"args": (equation, operands) if draw.chance(0.1) else (equation, *operands)}


def _by_numbers(draw: Draw, equation: str, operands: list[T]) -> tuple[Any, ...]:
    """The same with lists of numbers for letters."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    numbers = {letter: at for at, letter in enumerate(dict.fromkeys(filter(str.isalpha, equation)))}

    def listed(term: str) -> list[Any]:
        return [... if letter == "." else numbers[letter] for letter in term.replace("...", ".")]

    pairs = [item for term, operand in zip(left.split(","), operands, strict=False) for item in (operand, listed(term))]
    return (*pairs, listed(right)) if arrow and draw.chance(0.9) else tuple(pairs)


@arguments("torch.nn.functional.linear", on_cpu=True)
def linear(draw: Draw) -> Arguments:
    n, m = draw.size(), draw.size()
    is_vector = draw.chance(0.15)
    found = _tensors(
        draw, input=(*draw.shape(0, 3), m), weight=(m,) if is_vector else (n, m), bias=() if is_vector else (n,)
    )
    if draw.chance(0.4):
        del found["bias"]
    return found


def _bilinear(draw: Draw) -> Arguments:
    n, m, p = draw.size(), draw.size(), draw.size()
    batch = draw.shape(0, 2)
    return _tensors(draw, input1=(*batch, n), input2=(*batch, m), weight=(p, n, m), bias=(p,))


@arguments("torch.bilinear", "torch.nn.functional.bilinear", on_cpu=True)
def bilinear(draw: Draw) -> Arguments:
    found = _bilinear(draw)
    if draw.chance(0.4):
        del found["bias"]
    return found


@arguments("torch.nn.Bilinear.forward")
def bilinear_module(draw: Draw) -> Arguments:
    n, m, p = draw.size(), draw.size(), draw.size()
    batch = draw.shape(0, 2)
    inputs = {"input1": T(_wrong(draw, (*batch, n))), "input2": T(_wrong(draw, (*batch, m)))}
    return {"init": {"in1_features": n, "in2_features": m, "out_features": p}, "forward": inputs}


@arguments("torch.nn.LazyLinear.forward", on_cpu=True)  # `.to("meta")` takes the laziness from its parameters
def lazy_linear(draw: Draw) -> Arguments:
    return {"init": {"out_features": draw.size()}, "forward": {"input": T(draw.shape(1, 4))}}
