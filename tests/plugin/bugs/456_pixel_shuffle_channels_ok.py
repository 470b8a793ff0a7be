"""456 pixel_shuffle_channels (fixed twin)

kind: crash   facet: shape   seen in: super-resolution forks: PixelShuffle(r) divides by r squared
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Upscale(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 32, 3, padding=1)
        self.tail = nn.Conv2d(32, 3 * 4**2, 3, padding=1)
        self.shuffle = nn.PixelShuffle(4)

    def forward(self, *, lr: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 3 4*h 4*w"]:
        return self.shuffle(self.tail(torch.relu(self.body(lr))))


def main() -> None:
    torch.manual_seed(0)
    out = Upscale()(lr=torch.randn(2, 3, 8, 10))
    good = out.shape == (2, 3, 32, 40)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
