"""masked_mean_without_axis

kind: crash   facet: shape   seen in: sentence-transformers style pooling written by hand
ideal static checker: "b t d" times "b t"
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def pooled(x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b d"]:
    total = (x * mask).sum(dim=1)  # BUG: needs an axis at the end
    return total / mask.sum(dim=1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4)
    print("GOOD" if torch.allclose(pooled(x, torch.ones(2, 3).bool()), x.mean(1)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
