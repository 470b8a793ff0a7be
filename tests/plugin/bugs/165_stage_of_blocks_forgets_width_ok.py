"""stage_of_blocks_forgets_width

kind: crash   facet: shape   seen in: ResNet re-implementations
ideal static checker: the second block of the stage takes the width that the first block has changed
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, inplanes: int, planes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inplanes, planes, 3, padding=1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        return self.conv(x).relu()


class Net(nn.Module):
    def __init__(self, block: type[Block]) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, padding=1)
        self.stage = self._make_layer(block, 64, 128)

    def _make_layer(self, block: type[Block], inplanes: int, planes: int) -> nn.Sequential:
        return nn.Sequential(block(inplanes, planes), block(planes, planes))

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 128 h w"]:
        return self.stage(self.stem(x))


def main() -> None:
    torch.manual_seed(0)

    good = Net(Block)(torch.randn(1, 3, 8, 8)).shape == (1, 128, 8, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
