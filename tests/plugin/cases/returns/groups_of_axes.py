"""Named groups of axes in results: as many axes beside the group as are declared."""

from jaxtyping import Float
from torch import Tensor

from neuraltypes import reveal


def summed(x: Float[Tensor, "*batch c"]) -> Float[Tensor, "*batch"]:
    return x.sum(-1)


def kept(x: Float[Tensor, "*batch c"]) -> Float[Tensor, "*batch"]:
    return x.sum(-1, keepdim=True)  # E: Returned value is "*batch 1", expected "*batch"  [shape-mismatch]


def forgotten(x: Float[Tensor, "*batch c"]) -> Float[Tensor, "*batch"]:
    return x * 2  # E: Returned value is "*batch c", expected "*batch"  [shape-mismatch]


def several(x: Float[Tensor, "*batch c"]) -> tuple[Float[Tensor, "*batch c"], Float[Tensor, "c *batch"]]:
    return x.sum(-1), x  # E: Returned value[0] is "*batch", expected "*batch c" # E: Returned value[1] is "*batch c"


def another_size(x: Float[Tensor, "*batch c"], y: Float[Tensor, "c d"]) -> Float[Tensor, "*batch c"]:
    return x @ y  # E: [return-value]


def a_layer(x: Float[Tensor, "*batch c"], y: Float[Tensor, "c d"]) -> Float[Tensor, "*batch d"]:
    reveal(x @ y)  # N: Float[Tensor, "*batch d"]
    reveal(x @ y[:, 0])  # N: Float[Tensor, "*batch"]
    x @ y.T  # E: axis -2 is d, expected c  [shape-mismatch]
    return x @ y


def other_groups(
    x: Float[Tensor, "*batch c"], y: Float[Tensor, "*other c"], z: Float[Tensor, "*#batch c"]
) -> Float[Tensor, "*batch c"]:
    if x.ndim == 1:
        return x.reshape(-1)
    if x.ndim == 2:
        return y
    if x.ndim == 3:
        return z[0]
    return x.unsqueeze(-1).squeeze(-1)


def nobody_binds(x: Float[Tensor, "b c"]) -> Float[Tensor, "*rows c"]:
    return x


def optional(x: Float[Tensor, "*batch c"] | None) -> Float[Tensor, "*batch c"] | None:
    return x


def paired(x: Float[Tensor, "*#batch c"], y: Float[Tensor, "*#batch c"]) -> Float[Tensor, "*batch c"]:
    return x + y


def named_alike(x: Float[Tensor, "*#batch c"], t: Float[Tensor, "time c"]) -> Float[Tensor, "*batch time c"]:
    return paired(x.unsqueeze(-2), t)


def bound(x: Float[Tensor, "*batch c"]) -> Float[Tensor, "*batch"]:
    return summed(x)


def bound_elsewhere(x: Float[Tensor, "*batch t c"]) -> Float[Tensor, "*batch c"]:
    return summed(x)  # E: [return-value]
