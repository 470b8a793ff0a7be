"""C122_batchnorm_by_hand: statistics over batch, height and width are what batch norm means. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class HandBatchNorm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(16, 1, 1))

    def forward(self, *, x: Float[Tensor, "batch 16 height width"]) -> Float[Tensor, "batch 16 height width"]:
        mean = x.mean(dim=(0, 2, 3), keepdim=True)
        var = x.var(dim=(0, 2, 3), keepdim=True, unbiased=False)
        return self.weight * (x - mean) / torch.sqrt(var + 1e-5)


def main() -> None:
    torch.manual_seed(0)
    out = HandBatchNorm()(x=torch.randn(2, 16, 4, 5))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
