"""box_iou_axis (fixed twin)

kind: silent   facet: axis   seen in: detection from scratch
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def areas(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, "n"]:
    size = boxes[:, 2:] - boxes[:, :2]
    return size.prod(dim=1)


def main() -> None:
    torch.manual_seed(0)
    good = areas(torch.rand(5, 4)).shape == (5,)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
