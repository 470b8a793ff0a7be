"""normalize_without_keepdim

kind: silent   facet: shape   seen in: StackOverflow, normalizing rows
ideal static checker: "n d" over "n"
"""

import torch
from jaxtyping import Float
from torch import Tensor


def unit_rows(x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    return x / x.norm(dim=1)  # BUG: norms lie along the wrong axis


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(4, 4)
    print("GOOD" if torch.allclose(unit_rows(x).norm(dim=1), torch.ones(4)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
