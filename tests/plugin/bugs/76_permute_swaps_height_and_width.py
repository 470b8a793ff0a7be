"""permute_swaps_height_and_width

kind: silent   facet: axis   seen in: image loaders
ideal static checker: permute(0, 3, 2, 1) also transposes the image
"""

import torch
from jaxtyping import Float
from torch import Tensor


def to_channels_first(image: Float[Tensor, "b h w 3"]) -> Float[Tensor, "b 3 h w"]:
    return image.permute(0, 3, 2, 1)  # BUG: permute(0, 3, 1, 2)


def main() -> None:
    torch.manual_seed(0)
    good = to_channels_first(torch.randn(2, 9, 7, 3)).shape == (2, 3, 9, 7)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
