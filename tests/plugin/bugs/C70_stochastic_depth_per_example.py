"""C70 stochastic_depth_per_example: a mask with one entry for each example, of any number of axes. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class DropPath(nn.Module):
    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.p = p
        self.branch = nn.Sequential(nn.LayerNorm(64), nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64))

    def forward(self, *, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b t 64"]:
        h = self.branch(x)
        if self.training:
            keep = torch.rand((x.shape[0],) + (1,) * (x.ndim - 1), device=x.device) >= self.p
            h = h * keep / (1 - self.p)
        return x + h


def main() -> None:
    torch.manual_seed(0)
    out = DropPath()(x=torch.randn(2, 5, 64))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
