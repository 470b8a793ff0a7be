"""351 masks_resized_to_width_and_height (fixed twin)

kind: silent   facet: shape   seen in: segmentation ports: cv2's (width, height) given as size=
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SegmentationHead(nn.Module):
    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, channels // 2, kernel_size=3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels // 2)
        self.classify = nn.Conv2d(channels // 2, classes, kernel_size=1)

    def forward(
        self, image: Float[Tensor, "b 3 h w"], features: Float[Tensor, "b channels h8 w8"]
    ) -> Float[Tensor, "b classes h w"]:
        height, width = image.shape[-2:]
        x = torch.relu(self.norm(self.reduce(features)))
        x = self.classify(x)
        return F.interpolate(x, size=(height, width), mode="bilinear", align_corners=False)


def main() -> None:
    torch.manual_seed(0)
    out = SegmentationHead(16, 4)(torch.randn(2, 3, 32, 48), torch.randn(2, 16, 4, 6))
    print("GOOD" if out.shape == (2, 4, 32, 48) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
