"""330 video_frames_by_view

kind: silent   facet: shape   seen in: dmenig/Pytorch-StNet#2
ideal static checker: view of "(b*t) c h w" as "b c t h w" puts frames where channels belong; a transpose is wanted
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class FrameEncoder(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, width, kernel_size=3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, frames: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n c h2 w2"]:
        return torch.relu(self.norm(self.stem(frames)))


class TemporalBlock(nn.Module):
    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.frames = FrameEncoder(width)
        self.temporal = nn.Conv3d(width, width, kernel_size=(3, 1, 1), padding=(1, 0, 0))
        self.head = nn.Linear(width, classes)

    def forward(self, video: Float[Tensor, "b t 3 h w"]) -> Float[Tensor, "b classes"]:
        b, t, c, h, w = video.shape
        x = self.frames(video.view(b * t, c, h, w))
        _, c, h, w = x.shape
        x = x.view(b, c, t, h, w)  # BUG: frames come before channels in memory
        x = torch.relu(self.temporal(x))
        return self.head(x.mean(dim=(2, 3, 4)))


def main() -> None:
    torch.manual_seed(0)
    model, video = TemporalBlock(8, 5).eval(), torch.randn(2, 6, 3, 16, 16)
    maps = model.frames(video.flatten(0, 1)).unflatten(0, (2, 6)).transpose(1, 2)
    right = model.head(torch.relu(model.temporal(maps)).mean(dim=(2, 3, 4)))
    print("GOOD" if torch.allclose(model(video), right, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
