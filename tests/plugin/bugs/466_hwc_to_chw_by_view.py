"""466 hwc_to_chw_by_view

kind: silent   facet: axis   seen in: pytorch/vision#676 (why view is not permute), nakosung/VQ-VAE#7
ideal static checker: view of "batch height width 3" as (batch, 3, height, width) relabels memory; permute(0, 3, 1, 2)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)

    def forward(self, *, image: Float[Tensor, "batch height width 3"]) -> Float[Tensor, "batch 16 height width"]:
        b, h, w, c = image.shape
        x = image.view(b, c, h, w)  # BUG: scrambles the pixels, permute(0, 3, 1, 2) is meant
        return self.conv(x)


def main() -> None:
    torch.manual_seed(0)
    m, x = Encoder(), torch.randn(2, 6, 8, 3)
    good = bool(torch.allclose(m(image=x), m.conv(torch.movedim(x, -1, 1)), atol=1e-5))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
