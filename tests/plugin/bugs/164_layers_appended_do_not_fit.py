"""layers_appended_do_not_fit

kind: crash   facet: shape   seen in: MLP builders
ideal static checker: the last layer takes 128, the one before gives 256
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Mlp(nn.Module):
    def __init__(self, depth: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Linear(80, 256), nn.ReLU()]
        for _ in range(depth):
            layers += [nn.Linear(256, 256), nn.ReLU()]
        layers.append(nn.Linear(128, 10))  # BUG: 256
        self.net = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "b 80"]) -> Float[Tensor, "b 10"]:
        return self.net(x)


def main() -> None:
    torch.manual_seed(0)

    good = Mlp(2)(torch.randn(3, 80)).shape == (3, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
