"""matmul_without_transpose

kind: crash   facet: shape   seen in: StackOverflow, batched attention scores
ideal static checker: "b t d" @ "b s d"
"""

import torch
from jaxtyping import Float
from torch import Tensor


def scores(q: Float[Tensor, "b t d"], k: Float[Tensor, "b s d"]) -> Float[Tensor, "b t s"]:
    return torch.bmm(q, k)  # BUG: keys must be transposed


def main() -> None:
    torch.manual_seed(0)
    out = scores(torch.randn(2, 3, 4), torch.randn(2, 5, 4))
    print("GOOD" if out.shape == (2, 3, 5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
