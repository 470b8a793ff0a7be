"""flatten_takes_the_batch (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "mat1 and mat2 shapes cannot be multiplied (1x6400 and 1600x10)"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LeNet(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.classifier = nn.Sequential(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, classes))

    def forward(self, image: Float[Tensor, "b 3 32 32"]) -> Float[Tensor, "b classes"]:
        h = self.features(image)
        h = torch.flatten(h, 1)
        return self.classifier(h)


def main() -> None:
    torch.manual_seed(0)
    out = LeNet()(torch.randn(4, 3, 32, 32))
    print("GOOD" if out.shape == (4, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
