"""dice_over_batch_only

kind: silent   facet: axis   seen in: dice losses written by hand
ideal static checker: sums over the batch and classes, not over the pixels
"""

import torch
from jaxtyping import Float
from torch import Tensor


def dice(probs: Float[Tensor, "b classes h w"], target: Float[Tensor, "b classes h w"]) -> Float[Tensor, "b classes"]:
    overlap = (probs * target).sum(dim=(0, 1))  # BUG: dim=(2, 3)
    return 2 * overlap / (probs.sum(dim=(2, 3)) + target.sum(dim=(2, 3)) + 1e-6)


def main() -> None:
    torch.manual_seed(0)
    x = torch.ones(2, 3, 4, 5)
    good = dice(x, x).shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
