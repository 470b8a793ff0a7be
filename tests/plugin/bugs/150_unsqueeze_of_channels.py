"""unsqueeze_of_channels

kind: crash   facet: shape   seen in: grayscale images without a channel axis
ideal static checker: Conv2d reads "b 28 28" as unbatched
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)

    def forward(self, *, x: Float[Tensor, "b 28 28"]) -> Float[Tensor, "b 8 26 26"]:
        return self.conv(x)  # BUG: x.unsqueeze(1)


def main() -> None:
    torch.manual_seed(0)
    good = Net()(x=torch.rand(2, 28, 28)).shape == (2, 8, 26, 26)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
