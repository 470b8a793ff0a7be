"""Results of operations by name, also where torch has no type for them."""

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import reveal


def typed(x: Float[Tensor, "b 5 3"]) -> None:
    reveal(x.max(dim=1).values)  # N: is Float[Tensor, "b 3"]
    reveal(x.topk(2).indices)  # N: is Int64[Tensor, "b 5 2"]
    reveal(torch.svd(x).S)  # N: is Float[Tensor, "b 3"]
    reveal(torch.qr(x).R)  # N: is Float[Tensor, "b 3 3"]
    reveal(torch.aminmax(x, dim=1).max)  # N: is Float[Tensor, "b 3"]
    reveal(torch.frexp(x).mantissa)  # N: is Float[Tensor, "b 5 3"]
    x.max(dim=1).values + x.max(dim=2).values  # E: do not broadcast  [shape-mismatch]


def made_in_c(x: Float[Tensor, "b 5 3"]) -> Float[Tensor, "b 5"]:
    reveal(torch.linalg.svd(x, full_matrices=False).Vh)  # N: is Float[Tensor, "b 3 3"]
    reveal(torch.linalg.qr(x).Q)  # N: is Float[Tensor, "b 5 3"]
    reveal(torch.linalg.lstsq(x, x).solution)  # N: is Float[Tensor, "b 3 3"]
    found = torch.linalg.eigh(x @ x.mT)
    values, vectors = found
    reveal(vectors)  # N: is Float[Tensor, "b 5 5"]
    reveal(found[0])  # N: is Float[Tensor, "b 5"]
    x * found.eigenvalues  # E: do not broadcast  [shape-mismatch]
    pair: tuple[Tensor, Tensor] = found
    found = torch.linalg.eigh(x.mT @ x)
    reveal(found.eigenvalues)  # N: is Float[Tensor, "b 3"]
    reveal(torch.linalg.slogdet(x.mT @ x).logabsdet)  # N: is Float[Tensor, "b"]
    return values
