"""flow_grid_channels_first

kind: crash   facet: axis   seen in: optical-flow warping
ideal static checker: grid_sample takes the coordinates last
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def warp(image: Float[Tensor, "b c h w"], flow: Float[Tensor, "b 2 h w"]) -> Float[Tensor, "b c h w"]:
    _, _, h, w = image.shape
    ys, xs = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
    grid = torch.stack((xs, ys)) + flow
    return F.grid_sample(image, grid.permute(0, 2, 3, 1), align_corners=True)


def main() -> None:
    torch.manual_seed(0)

    good = warp(torch.randn(2, 3, 8, 6), torch.zeros(2, 2, 8, 6)).shape == (2, 3, 8, 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
