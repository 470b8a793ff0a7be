"""transpose_by_T (fixed twin)

kind: silent   facet: axis   seen in: the deprecated .T of batches
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def last_two(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d t"]:
    return x.mT


def main() -> None:
    torch.manual_seed(0)
    out = last_two(torch.randn(2, 3, 4))
    print("GOOD" if out.shape == (2, 4, 3) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
