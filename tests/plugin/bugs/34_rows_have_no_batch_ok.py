"""rows_have_no_batch (fixed twin)

kind: crash   facet: shape   seen in: loops over a batch that go on with batched code
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def energies(x: Float[Tensor, "b t d"]) -> list[Tensor]:
    found = []
    for row in x:
        found.append(row.pow(2).sum(dim=1))
    return found


def main() -> None:
    torch.manual_seed(0)
    out = energies(torch.randn(2, 5, 3))
    print("GOOD" if out[0].shape == (5,) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
