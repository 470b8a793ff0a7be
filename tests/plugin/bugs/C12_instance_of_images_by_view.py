"""instance_of_images_by_view: a view that merges batch and time and splits them again. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class TimeDistributed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)

    def forward(self, *, video: Float[Tensor, "b t 3 h w"]) -> Float[Tensor, "b t 8"]:
        b, t, c, h, w = video.shape
        maps = self.conv(video.view(b * t, c, h, w))
        return maps.mean(dim=(-2, -1)).view(b, t, -1)


def main() -> None:
    torch.manual_seed(0)
    good = TimeDistributed()(video=torch.randn(2, 4, 3, 5, 6)).shape == (2, 4, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
