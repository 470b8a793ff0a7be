"""boxes_unbound_on_rows

kind: crash   facet: axis   seen in: detection from scratch
ideal static checker: unbind(0) gives rows
"""

import torch
from jaxtyping import Float
from torch import Tensor


def to_corners(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
    cx, cy, w, h = boxes.unbind(-1)
    return torch.stack((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2))  # BUG: dim=-1


def main() -> None:
    torch.manual_seed(0)
    good = to_corners(torch.rand(5, 4)).shape == (5, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
