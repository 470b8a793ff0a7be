"""473 depth_map_without_channel

kind: silent   facet: shape   seen in: monocular depth training: pred (b, 1, h, w), ground truth (b, h, w)
ideal static checker: "b 1 h w" - "b h w" broadcasts to "b b h w"
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class DepthLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Conv2d(3, 1, 3, padding=1)

    def forward(self, *, img: Float[Tensor, "b 3 h w"], depth: Float[Tensor, "b h w"]) -> Float[Tensor, ""]:
        pred = F.softplus(self.net(img))
        return (torch.log(pred) - torch.log(depth)).abs().mean()  # BUG: depth needs unsqueeze(1)


def main() -> None:
    torch.manual_seed(0)
    m, x, d = DepthLoss(), torch.randn(4, 3, 5, 5), torch.rand(4, 5, 5) + 0.1
    ref = (F.softplus(m.net(x))[:, 0].log() - d.log()).abs().mean()
    good = bool(torch.allclose(m(img=x, depth=d), ref))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
