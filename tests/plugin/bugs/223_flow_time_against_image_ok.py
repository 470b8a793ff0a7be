"""flow_time_against_image (fixed twin)

kind: crash   facet: shape   seen in: conditional flow matching, forum "size of tensor a (32) must match b (8) at non-singleton dimension 3"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Velocity(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.net = nn.Conv2d(c + 1, c, 3, padding=1)

    def forward(self, x: Float[Tensor, "b c h w"], t: Float[Tensor, "b"]) -> Float[Tensor, "b c h w"]:
        time = t[:, None, None, None].expand(-1, 1, x.shape[2], x.shape[3])
        return self.net(torch.cat([x, time], dim=1))


def flow_loss(model: Velocity, data: Float[Tensor, "b c h w"]) -> Float[Tensor, ""]:
    noise = torch.randn_like(data)
    t = torch.rand(data.shape[0], device=data.device)
    x_t = (1 - t[:, None, None, None]) * noise + t[:, None, None, None] * data
    return F.mse_loss(model(x_t, t), data - noise)


def main() -> None:
    torch.manual_seed(0)
    loss = flow_loss(Velocity(3), torch.randn(5, 3, 8, 8))
    print("GOOD" if loss.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
