"""mixup_weight_broadcast (fixed twin)

kind: crash   facet: shape   seen in: mixup with one weight per sample
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def mixup(
    x: Float[Tensor, "b c h w"], y: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
) -> tuple[Float[Tensor, "b c h w"], Float[Tensor, "b k"]]:
    order = torch.randperm(x.shape[0])
    w = weight.view(-1, 1)
    mixed = w[..., None, None] * x + (1 - w[..., None, None]) * x[order]
    return mixed, w * y + (1 - w) * y[order]


def main() -> None:
    torch.manual_seed(0)
    x, y = torch.randn(4, 3, 5, 6), torch.rand(4, 2)
    good = mixup(x, y, torch.rand(4))[0].shape == x.shape
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
