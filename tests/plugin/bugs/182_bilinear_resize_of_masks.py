"""bilinear_resize_of_masks

kind: crash   facet: shape   seen in: segmentation evaluation
ideal static checker: bilinear interpolation takes four axes
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def resize_masks(masks: Float[Tensor, "b h w"], size: tuple[int, int]) -> Float[Tensor, "b height width"]:
    resized = F.interpolate(masks, size=size, mode="bilinear")  # BUG: no channel axis
    return resized


def main() -> None:
    torch.manual_seed(0)

    good = resize_masks(torch.randn(2, 4, 4), (8, 8)).shape == (2, 8, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
