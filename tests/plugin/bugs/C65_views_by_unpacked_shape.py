"""C65 views_by_unpacked_shape: the leading axes are kept by unpacking the shape. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class GroupedNorm(nn.Module):
    def __init__(self, groups: int = 4) -> None:
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.ones(64))

    def forward(self, *, x: Float[Tensor, "*batch 64"]) -> Float[Tensor, "*batch 64"]:
        g = x.view(*x.shape[:-1], self.groups, -1)
        g = (g - g.mean(-1, keepdim=True)) / g.std(-1, keepdim=True)
        return g.reshape(x.shape) * self.weight


def main() -> None:
    torch.manual_seed(0)
    out = GroupedNorm()(x=torch.randn(2, 5, 64))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
