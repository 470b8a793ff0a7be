"""segmentation_argmax_axis

kind: silent   facet: axis   seen in: segmentation forums
ideal static checker: argmax over the height instead of the classes
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def predict(logits: Float[Tensor, "b classes h w"]) -> Int[Tensor, "b h w"]:
    return logits.argmax(dim=-1)  # BUG: classes are axis 1


def main() -> None:
    torch.manual_seed(0)
    good = predict(torch.randn(2, 21, 8, 9)).shape == (2, 8, 9)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
