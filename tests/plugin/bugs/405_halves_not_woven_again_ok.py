"""405_halves_not_woven_again (fixed twin)

kind: silent   facet: semantic   seen in: karpathy/pytorch-normalizing-flows#10
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class MLP(nn.Sequential):
    def __init__(self, n_in: int, n_out: int, hidden: int) -> None:
        super().__init__(nn.Linear(n_in, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, n_out))


class AffineHalfFlow(NeuralModule):
    def __init__(self, *, dim: int, hidden: int = 24) -> None:
        super().__init__()
        self.dim = dim
        self.scale = MLP(dim // 2, dim // 2, hidden)
        self.shift = MLP(dim // 2, dim // 2, hidden)

    def forward(
        self, *, x: Float[Tensor, "batch {self.dim}"]
    ) -> tuple[Float[Tensor, "batch {self.dim}"], Float[Tensor, "batch"]]:
        x0, x1 = x[:, ::2], x[:, 1::2]
        s, t = self.scale(x0), self.shift(x0)
        z1 = torch.exp(s) * x1 + t
        z = torch.stack([x0, z1], dim=2).flatten(1)
        return z, s.sum(dim=1)

    def backward(self, *, z: Float[Tensor, "batch {self.dim}"]) -> Float[Tensor, "batch {self.dim}"]:
        z0, z1 = z[:, ::2], z[:, 1::2]
        x1 = (z1 - self.shift(z0)) * torch.exp(-self.scale(z0))
        return torch.stack([z0, x1], dim=2).flatten(1)


def main() -> None:
    torch.manual_seed(0)
    flow, x = AffineHalfFlow(dim=4), torch.randn(5, 4)
    print("GOOD" if torch.allclose(flow.backward(z=flow(x=x)[0]), x, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
