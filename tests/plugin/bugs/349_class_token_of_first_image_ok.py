"""349 class_token_of_first_image (fixed twin)

kind: silent   facet: shape   seen in: ViT exercises: "x[0]" after switching to batch_first
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self, dim: int, classes: int, depth: int = 2) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, dim, kernel_size=16, stride=16)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        layer = nn.TransformerEncoderLayer(dim, 4, dim * 4, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, depth)
        self.head = nn.Linear(dim, classes)

    def forward(self, images: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b classes"]:
        x = self.patch(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.size(0), -1, -1), x], dim=1)
        x = self.encoder(x)
        return self.head(x[:, 0])


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if Classifier(32, 10)(torch.randn(3, 3, 32, 32)).shape == (3, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
