"""vit_position_table_without_class_token (fixed twin)

kind: crash   facet: shape   seen in: ViT re-implementations, lucidrains/vit-pytorch issues
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ViT(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 64, 16, stride=16)
        self.cls = nn.Parameter(torch.zeros(1, 1, 64))
        self.pos = nn.Parameter(torch.zeros(1, 197, 64))

    def forward(self, *, image: Float[Tensor, "b 3 224 224"]) -> Float[Tensor, "b 197 64"]:
        x = self.patches(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1)
        return x + self.pos


def main() -> None:
    torch.manual_seed(0)
    good = ViT()(image=torch.randn(2, 3, 224, 224)).shape == (2, 197, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
