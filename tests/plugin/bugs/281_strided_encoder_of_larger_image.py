"""281 strided_encoder_of_larger_image

kind: crash   facet: shape   seen in: NM512/dreamerv3-torch#12, dzld00/pytorch-manifold-matching#7
ideal static checker: Linear expects last dim 2048, got 8192 (= 128*8*8) after three halvings of 64
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 4, 2, 1)
        self.conv2 = nn.Conv2d(32, 64, 4, 2, 1)
        self.conv3 = nn.Conv2d(64, 128, 4, 2, 1)
        self.fc = nn.Linear(128 * 4 * 4, 256)  # BUG: right for 32x32 images

    def forward(self, *, x: Float[Tensor, "b 3 64 64"]) -> Float[Tensor, "b 256"]:
        h = F.leaky_relu(self.conv1(x), 0.2)
        h = F.leaky_relu(self.conv2(h), 0.2)
        h = F.leaky_relu(self.conv3(h), 0.2)
        h = h.view(h.size(0), -1)
        return self.fc(h)


def main() -> None:
    torch.manual_seed(0)
    out = Encoder()(x=torch.randn(2, 3, 64, 64))
    good = out.shape == (2, 256)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
