"""What torch leaves untyped may go where something else than a tensor is wanted, and so may what it is computed to."""

import torch
from jaxtyping import Float
from torch import Tensor
from neuraltypes import reveal


def of_a_loop(x: Tensor, values: list[float]) -> int:
    index = min(range(len(values)), key=lambda i: values[i])
    rows = torch.cat([x.repeat(3, 1), x.repeat(2, 1)]).unique(dim=0)
    for dim in range(3):
        index = rows[:, dim].long()
    return index


def wanted(x: Float[Tensor, "b 32"], y: Float[Tensor, "b"]) -> float:
    norm = x.norm(dim=-1)
    number = 1.0
    number = norm.exp()
    number = 1 - norm.exp()
    number = y + norm
    number = -norm.T
    number = y.exp()  # E: Incompatible types in assignment  [assignment]
    return number * 2 + norm.mean()


def operands(x: Float[Tensor, "b 32"], factor: float) -> None:
    norm = x.norm(dim=-1)
    reveal(1 - x.norm(dim=-1))  # N: Float[Tensor, "b"]
    reveal(factor * norm.exp())  # N: Float[Tensor, "b"]
    reveal(2 * (1 - norm))  # N: Float[Tensor, "b"]
    total: float = 2 * (1 - norm) + 1
    del total


def by_names_of_numpy(x: Float[Tensor, "b 32"]) -> None:
    norm = x.norm(dim=-1)
    norm.exp().mean(dim=-1, keepdims=True)
    x.mean(dim=-1, keepdims=True)  # E: keepdims  [call-overload] # E: No overload variant  [call-overload]
