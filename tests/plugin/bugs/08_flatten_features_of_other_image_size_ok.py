"""flatten_features_of_other_image_size (fixed twin)

kind: crash   facet: shape   seen in: mrdbourke/pytorch-deep-learning#763
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class TinyVGG(nn.Module):
    def __init__(self, hidden: int, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.block = nn.Sequential(nn.Conv2d(1, hidden, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4))
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(hidden * 7 * 7, classes))

    def forward(self, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b {self.classes}"]:
        return self.classifier(self.block(x))


def main() -> None:
    torch.manual_seed(0)
    out = TinyVGG(10, 3)(torch.randn(2, 1, 28, 28))
    print("GOOD" if out.shape == (2, 3) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
