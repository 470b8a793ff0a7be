"""float_mask_in_masked_fill

kind: crash   facet: dtype   seen in: "masked_fill_ only supports boolean masks"
ideal static checker: the mask is a float
"""

import torch
from jaxtyping import Float
from torch import Tensor


def hide(scores: Float[Tensor, "b t"], mask: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    return scores.masked_fill(mask, float("-inf"))  # BUG: mask.bool()


def main() -> None:
    torch.manual_seed(0)
    good = hide(torch.ones(2, 3), torch.ones(2, 3)).shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
