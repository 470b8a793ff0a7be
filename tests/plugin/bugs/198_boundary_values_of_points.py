"""boundary_values_of_points

kind: silent   facet: shape   seen in: lululxvi/deepxde#2101
ideal static checker: the network's "n 1" minus the boundary's "n" is "n n"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self, width: int = 20) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1)
        )

    def forward(self, points: Float[Tensor, "n 2"]) -> Float[Tensor, "n 1"]:
        return self.layers(points)


def boundary_loss(net: Net, points: Float[Tensor, "n 2"], values: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    residual = net(points) - values  # BUG: (n, 1) - (n,)
    return residual.square().mean()


def main() -> None:
    torch.manual_seed(0)
    net, p, v = Net(), torch.randn(16, 2), torch.randn(16)
    good = torch.allclose(boundary_loss(net, p, v), (net(p)[:, 0] - v).square().mean())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
