"""softmax_over_width_of_classes

kind: silent   facet: axis   seen in: hfslyc/AdvSemiSeg#73
ideal static checker: softmax of a segmentation's logits over the width
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


def segment(backbone: nn.Conv2d, image: Float[Tensor, "b 3 height width"]) -> Float[Tensor, "b height width"]:
    scores = backbone(image)
    confidence = F.softmax(scores, dim=1).max(dim=1).values
    return confidence


def main() -> None:
    torch.manual_seed(0)

    conv = nn.Conv2d(3, 5, 1)
    image = torch.randn(2, 3, 4, 4)
    good = bool(torch.allclose(segment(conv, image), conv(image).softmax(1).amax(1)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
