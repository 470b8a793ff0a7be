"""450 conv3d_frames_first

kind: crash   facet: shape   seen in: proceduralia/pytorch-conv2_1d#1, video loaders give (b, t, c, h, w)
ideal static checker: Conv3d(3, 16) expects 3 channels on axis 1, got 8 frames
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Clip(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(3, 16, kernel_size=3, padding=1)
        self.fc = nn.Linear(16, 5)

    def forward(self, *, frames: Float[Tensor, "b 8 3 16 16"]) -> Float[Tensor, "b 5"]:
        h = torch.relu(self.conv(frames))  # BUG: Conv3d wants (b, c, t, h, w)
        return self.fc(h.mean(dim=(2, 3, 4)))


def main() -> None:
    torch.manual_seed(0)
    out = Clip()(frames=torch.randn(2, 8, 3, 16, 16))
    good = out.shape == (2, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
