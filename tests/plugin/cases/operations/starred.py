"""A starred tuple gives each parameter its item; what functions with any number of operands take is followed too."""

import einops
import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32, Int64
from torch import Tensor, nn

from neuraltypes import reveal


def each_parameter_gets_its_item(x: Float[Tensor, "b t d"], y: Float[Tensor, "b t 1"]) -> None:
    reveal(torch.add(*(x, y)))  # N: Float[Tensor, "b t d"]
    pair = (x, y.transpose(1, 2))
    torch.bmm(*pair)  # E: [shape-mismatch]


def numbers_of_unknown_count_say_nothing(x: Float[Tensor, "b t d"], counts: list[int]) -> None:
    reveal(x.repeat(*counts))  # N: Float[Tensor, "..."]
    reveal(x.view(*counts))  # N: Float[Tensor, "..."]
    reveal(x.permute(*counts))  # N: Float[Tensor, "_ _ _"]
    reveal(torch.zeros(*counts))  # N: Float32[Tensor, "..."]
    reveal(x.view(*(-1,)))  # N: Float[Tensor, "b*d*t"]


def indices_are_handed_on(images: Float32[Tensor, "2 3 8 8"]) -> None:
    pooled, indices = nn.MaxPool2d(2, return_indices=True)(images)
    reveal(nn.MaxUnpool2d(2)(pooled, indices))  # N: Float32[Tensor, "2 3 8 8"]
    reveal(nn.MaxUnpool2d(2)(*nn.MaxPool2d(2, return_indices=True)(images)))  # N: Float32[Tensor, "2 3 8 8"]
    nn.Linear(4, 4)(nn.MaxPool2d(2, return_indices=True)(images))  # E: is a tuple of 2, expected a tensor  [arg-type]


def any_number_of_operands(x: Float[Tensor, "b i d"], y: Float[Tensor, "b j d"]) -> None:
    reveal(einops.einsum(x, y, "b i d, b j d -> b i j"))  # N: Float[Tensor, "b i j"]
    einops.einsum(x, y, "b i d, b d j -> b i j")  # E: [shape-mismatch]
    reveal(torch.linalg.multi_dot([x[0], y[0].T]))  # N: Float[Tensor, "i j"]
    torch.linalg.multi_dot([x[0], y[0]])  # E: [shape-mismatch]


def lists_and_tuples_of_parts(x: Float32[Tensor, "2 3 4"]) -> None:
    first, second, third = x.tensor_split([1, 2], dim=2)
    reveal(third)  # N: Float32[Tensor, "2 3 2"]
    reveal(torch.cat(x.split(1, dim=1), dim=0))  # N: Float32[Tensor, "6 1 4"]
    one, other = einops.unpack(x, [[1], [2]], "b * c")
    reveal(one)  # N: Float32[Tensor, "2 _ 4"]


def functions_that_torch_leaves_untyped(i: Int64[Tensor, "n"], x: Float[Tensor, "b t"]) -> None:
    reveal(torch.unique(i))  # N: Int64[Tensor, "_"]
    labels, numbers = torch.unique(i, return_inverse=True)
    reveal(numbers)  # N: Int64[Tensor, "n"]
    reveal(F.logsigmoid(x))  # N: Float[Tensor, "b t"]
