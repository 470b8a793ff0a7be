"""normalize_image_channels

kind: crash   facet: shape   seen in: mean and std of ImageNet applied by hand
ideal static checker: (3,) against "b 3 h w" lies along the width
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Normalize(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]))

    mean: Float[Tensor, "3"]

    def forward(self, *, image: Float[Tensor, "b 3 224 224"]) -> Float[Tensor, "b 3 224 224"]:
        return image - self.mean  # BUG: self.mean[:, None, None]


def main() -> None:
    torch.manual_seed(0)
    good = Normalize()(image=torch.rand(1, 3, 224, 224)).shape == (1, 3, 224, 224)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
