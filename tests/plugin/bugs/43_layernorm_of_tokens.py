"""layernorm_of_tokens

kind: crash   facet: shape   seen in: ViT ports, norm over the wrong width
ideal static checker: LayerNorm(196) on "b 197 768"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 96, 16, stride=16)
        self.norm = nn.LayerNorm(196)  # BUG: the width is 96

    def forward(self, *, image: Float[Tensor, "b 3 224 224"]) -> Float[Tensor, "b 196 96"]:
        return self.norm(self.patches(image).flatten(2).transpose(1, 2))


def main() -> None:
    torch.manual_seed(0)
    good = Encoder()(image=torch.randn(1, 3, 224, 224)).shape == (1, 196, 96)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
