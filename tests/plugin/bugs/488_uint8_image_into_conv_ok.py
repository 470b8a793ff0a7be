"""488 uint8_image_into_conv (fixed twin)

kind: crash   facet: dtype   seen in: "Input type (unsigned char) and bias type (float) should be the same"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn


class Stem(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, kernel_size=7, stride=2, padding=3)

    def forward(self, *, img: UInt8[Tensor, "b 3 32 32"]) -> Float[Tensor, "b 16 16 16"]:
        return torch.relu(self.conv(img.float() / 255))


def main() -> None:
    torch.manual_seed(0)
    out = Stem()(img=torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8))
    good = out.shape == (2, 16, 16, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
