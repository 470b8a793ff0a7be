"""segmentation_target_without_channel (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "Target size (torch.Size([4, 64, 64])) must be the same as input size (torch.Size([4, 1, 64, 64]))"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class UNetLite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.up = nn.ConvTranspose2d(8, 8, 2, stride=2)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x: Float[Tensor, "b 3 64 64"]) -> Float[Tensor, "b 1 64 64"]:
        return self.out(torch.relu(self.up(self.down(x))))


class Task:
    def __init__(self) -> None:
        self.model = UNetLite()
        self.loss = nn.BCEWithLogitsLoss()

    def step(self, x: Float[Tensor, "b 3 64 64"], mask: Float[Tensor, "b 64 64"]) -> Float[Tensor, ""]:
        return self.loss(self.model(x), mask.unsqueeze(1))


def main() -> None:
    torch.manual_seed(0)
    loss = Task().step(torch.randn(2, 3, 64, 64), torch.rand(2, 64, 64).round())
    print("GOOD" if loss.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
