"""int_mask_as_index

kind: silent   facet: dtype   seen in: masks of 0 and 1 used as an index
ideal static checker: an int64 mask picks rows 0 and 1
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def valid_rows(x: Float[Tensor, "n d"], mask: Int[Tensor, "n"]) -> Float[Tensor, "kept d"]:
    return x[mask]  # BUG: mask.bool()


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(4, 2)
    good = valid_rows(x, torch.tensor([1, 0, 0, 1])).shape == (2, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
