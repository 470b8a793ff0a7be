"""integer_image_into_conv (fixed twin)

kind: crash   facet: dtype   seen in: "Input type (unsigned char) and bias type (float) should be the same"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, *, image: Int[Tensor, "b 3 h w"]) -> Float[Tensor, "b 8 h-2 w-2"]:
        return self.conv(image.float() / 255)


def main() -> None:
    torch.manual_seed(0)
    good = Net()(image=torch.randint(0, 255, (2, 3, 5, 6))).shape == (2, 8, 3, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
