"""masked_mean_without_axis (fixed twin)

kind: crash   facet: shape   seen in: sentence-transformers style pooling written by hand
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def pooled(x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b d"]:
    total = (x * mask.unsqueeze(-1)).sum(dim=1)
    return total / mask.sum(dim=1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4)
    print("GOOD" if torch.allclose(pooled(x, torch.ones(2, 3).bool()), x.mean(1)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
