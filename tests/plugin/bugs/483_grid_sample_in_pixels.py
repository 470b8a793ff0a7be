"""483 grid_sample_in_pixels

kind: silent   facet: semantic   seen in: hellock/cvbase#4, open-mmlab/mmtracking#466, pytorch/pytorch#24870
ideal static checker: grid_sample wants coordinates in [-1, 1], got pixel coordinates
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Warp(nn.Module):
    def forward(
        self, *, img: Float[Tensor, "b 3 32 48"], flow: Float[Tensor, "b 32 48 2"]
    ) -> Float[Tensor, "b 3 32 48"]:
        ys, xs = torch.meshgrid(torch.arange(32.0), torch.arange(48.0), indexing="ij")
        grid = torch.stack((xs, ys), dim=-1) + flow
        return F.grid_sample(img, grid, align_corners=True)  # BUG: pixels, not [-1, 1]


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 32, 48)
    good = bool(torch.allclose(Warp()(img=x, flow=torch.zeros(2, 32, 48, 2)), x, atol=1e-4))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
