"""contrastive_over_features

kind: silent   facet: axis   seen in: contrastive losses by hand
ideal static checker: (d, d) similarities instead of (b, b)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def similarities(a: Float[Tensor, "b d"], c: Float[Tensor, "b d"]) -> Float[Tensor, "b b"]:
    return F.normalize(a, dim=-1).T @ F.normalize(c, dim=-1)  # BUG: the second is to be transposed


def main() -> None:
    torch.manual_seed(0)
    good = similarities(torch.randn(4, 8), torch.randn(4, 8)).shape == (4, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
