"""Arguments for the rules of tensors that are joined."""

import torch

from tests.rules._conformance import Arguments, Draw, T, arguments


def _alike(draw: Draw, low: int, *, open_dim: bool) -> tuple[tuple[T, ...], int]:
    """Tensors of one shape but, perhaps, for one axis; now and then of another shape or dtype."""
    shape = draw.shape(0 if draw.chance(0.05) else low, 4)
    dim = draw.dim(len(shape))
    dtype = draw.dtype()
    tensors: list[T] = []
    for _ in range(draw.randint(1, 4)):
        sizes = list(shape)
        if open_dim and sizes and -len(sizes) <= dim < len(sizes):
            sizes[dim] = draw.size()
        if sizes and draw.chance(0.05):
            sizes[draw.randrange(len(sizes))] += 1
        if draw.chance(0.02):
            sizes = [0]
        if draw.chance(0.02):
            sizes.append(2)
        tensors.append(T(tuple(sizes), draw.dtype() if draw.chance(0.1) else dtype))
    return tuple(tensors) if draw.chance(0.99) else (), dim


@arguments("torch.cat")
def cat(draw: Draw) -> Arguments:
    tensors, dim = _alike(draw, 1, open_dim=True)
    return {"tensors": tensors} if dim == 0 and draw.chance(0.5) else {"tensors": tensors, "dim": dim}


@arguments("torch.stack")
def stack(draw: Draw) -> Arguments:
    tensors, dim = _alike(draw, 0, open_dim=False)
    return {"tensors": tensors} if draw.chance(0.3) else {"tensors": tensors, "dim": dim}


@arguments("torch.hstack", "torch.vstack", "torch.dstack", "torch.column_stack")
def stacked(draw: Draw) -> Arguments:
    return {"tensors": _alike(draw, 0, open_dim=draw.chance(0.3))[0]}


@arguments("torch.block_diag")
def block_diag(draw: Draw) -> Arguments:
    high = 3 if draw.chance(0.05) else 2
    tensors = [draw.tensor(0, high, torch.float32, torch.int64) for _ in range(draw.randint(0, 3))]
    return {"tensors": tuple(tensors)}
