"""class_count_of_head

kind: crash   facet: shape   seen in: "Target 10 is out of bounds", heads left at the default
ideal static checker: the head gives 1000 classes, 10 are declared
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class FineTuned(nn.Module):
    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 64, 7, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.fc = nn.Linear(64, 1000)  # BUG: num_classes is not used

    def forward(self, *, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b num_classes"]:
        return self.fc(self.body(x))


def main() -> None:
    torch.manual_seed(0)
    good = FineTuned()(x=torch.randn(2, 3, 32, 32)).shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
