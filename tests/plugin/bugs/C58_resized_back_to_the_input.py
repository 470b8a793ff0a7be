"""C58 resized_back_to_the_input: a strided stage and an interpolation to the size of the input. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Fcn(nn.Module):
    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.stage = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.head = nn.Conv2d(16, n_classes, 1)

    def forward(self, *, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b n_classes h w"]:
        size = x.shape[-2:]
        return F.interpolate(self.head(self.stage(x)), size=size, mode="bilinear", align_corners=False)


def main() -> None:
    torch.manual_seed(0)
    out = Fcn(5)(x=torch.randn(2, 3, 33, 47))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
