"""280 adaptive_pool_of_another_size

kind: crash   facet: shape   seen in: a312863063/SimSwapHD#21, udacity/deep-learning-v2-pytorch#396
ideal static checker: Linear expects last dim 3136 (= 64*7*7), got 2304 (= 64*6*6)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=3, stride=2, padding=1),
            nn.ReLU(inplace=True),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Linear(64 * 7 * 7, 10)  # BUG: the pool gives 6x6

    def forward(self, *, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 10"]:
        h = self.avgpool(self.features(x))
        return self.classifier(torch.flatten(h, 1))


def main() -> None:
    torch.manual_seed(0)
    out = Net()(x=torch.randn(2, 3, 64, 64))
    good = out.shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
