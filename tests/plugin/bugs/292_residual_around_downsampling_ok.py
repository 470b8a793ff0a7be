"""292 residual_around_downsampling (fixed twin)

kind: crash   facet: shape   seen in: ResNet ports "The size of tensor a (16) must match the size of tensor b (32) at non-singleton dimension 3"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(32, 64, kernel_size=3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(64, 64, kernel_size=3, padding=1)
        self.downsample = nn.Conv2d(32, 64, kernel_size=1, stride=2)

    def forward(self, *, x: Float[Tensor, "b 32 32 32"]) -> Float[Tensor, "b 64 16 16"]:
        identity = x
        out = torch.relu(self.conv1(x))
        out = self.conv2(out)
        out += self.downsample(identity)
        return torch.relu(out)


def main() -> None:
    torch.manual_seed(0)
    out = Block()(x=torch.randn(2, 32, 32, 32))
    good = out.shape == (2, 64, 16, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
