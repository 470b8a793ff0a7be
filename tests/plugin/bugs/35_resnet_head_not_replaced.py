"""resnet_head_not_replaced

kind: crash   facet: shape   seen in: transfer learning with another backbone
ideal static checker: the new head takes 2048 features, 512 come
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Backbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 512, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.fc = nn.Linear(512, 1000)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b classes"]:
        return self.fc(self.body(x))


class Fine(Backbone):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2048, 10)  # BUG: the body gives 512

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b classes"]:
        return self.fc(self.body(x))


def main() -> None:
    torch.manual_seed(0)
    out = Fine()(torch.randn(2, 3, 8, 8))
    print("GOOD" if out.shape == (2, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
