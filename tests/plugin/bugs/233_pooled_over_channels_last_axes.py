"""pooled_over_channels_last_axes

kind: crash   facet: axis   seen in: forum "global average pooling with mean([1, 2]) after porting from TensorFlow"
ideal static checker: mean over axes 1 and 2 of "b 512 h w" leaves "b w"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Head(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(64, 512, 1)
        self.fc = nn.Linear(512, classes)

    def forward(self, x: Float[Tensor, "b 64 h w"]) -> Float[Tensor, "b classes"]:
        return self.fc(self.conv(x).mean(dim=(1, 2)))  # BUG: height and width are 2 and 3


def main() -> None:
    torch.manual_seed(0)
    out = Head(7)(torch.randn(2, 64, 5, 5))
    print("GOOD" if out.shape == (2, 7) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
