"""313 condition_expanded_with_too_few_axes (fixed twin)

kind: crash   facet: shape   seen in: conditional GANs, "the number of sizes provided must be greater or equal to the number of dimensions"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Condition(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(11, 8, kernel_size=3, padding=1)

    def forward(self, *, x: Float[Tensor, "b 1 28 28"], label: Float[Tensor, "b 10"]) -> Float[Tensor, "b 8 28 28"]:
        maps = label[:, :, None, None].expand(-1, -1, 28, 28)
        return self.conv(torch.cat([x, maps], dim=1))


def main() -> None:
    torch.manual_seed(0)
    out = Condition()(x=torch.randn(2, 1, 28, 28), label=torch.rand(2, 10))
    good = out.shape == (2, 8, 28, 28)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
