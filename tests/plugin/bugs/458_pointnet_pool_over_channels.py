"""458 pointnet_pool_over_channels

kind: crash   facet: shape   seen in: yanx27/Pointnet_Pointnet2_pytorch#290: pool axis of (b, c, n)
ideal static checker: max over axis 1 of "b 64 n" leaves "b n"; Linear(64, 10) wants 64
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class PointNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mlp = nn.Conv1d(3, 64, 1)
        self.bn = nn.BatchNorm1d(64)
        self.fc = nn.Linear(64, 10)

    def forward(self, *, points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b 10"]:
        h = torch.relu(self.bn(self.mlp(points.transpose(2, 1))))
        h = torch.max(h, 1)[0]  # BUG: the points are on axis 2
        return self.fc(h)


def main() -> None:
    torch.manual_seed(0)
    out = PointNet()(points=torch.randn(2, 50, 3))
    good = out.shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
