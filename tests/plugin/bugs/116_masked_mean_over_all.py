"""masked_mean_over_all

kind: silent   facet: mask   seen in: mean pooling with padding
ideal static checker: the mean divides by the padded length
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def masked_mean(x: Float[Tensor, "b t d"], valid: Bool[Tensor, "b t"]) -> Float[Tensor, "b d"]:
    summed = (x * valid.unsqueeze(-1)).sum(dim=1)
    return summed / valid.sum(dim=1)  # BUG: keepdim=True, "b d" over "b"


def main() -> None:
    torch.manual_seed(0)
    good = masked_mean(torch.ones(2, 5, 3), torch.ones(2, 5, dtype=torch.bool)).shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
