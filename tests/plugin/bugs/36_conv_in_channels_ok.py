"""conv_in_channels (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "expected input to have 3 channels, but got 1 channels"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 3, padding=1)
        self.head = nn.Linear(16, 10)

    def forward(self, *, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 10"]:
        h = F.relu(self.stem(x))
        h = F.adaptive_avg_pool2d(h, 1)
        return self.head(torch.flatten(h, 1))


def main() -> None:
    torch.manual_seed(0)
    good = Net()(x=torch.randn(2, 1, 28, 28)).shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
