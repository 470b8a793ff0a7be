"""296 patch_tokens_stay_channels_first (fixed twin)

kind: crash   facet: shape   seen in: ViT ports "Sizes of tensors must match except in dimension 1"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class PatchEmbed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, 192, kernel_size=16, stride=16)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, 192))

    def forward(self, *, x: Float[Tensor, "b 3 224 224"]) -> Float[Tensor, "b 197 192"]:
        tokens = self.proj(x).flatten(2).transpose(1, 2)
        cls = self.cls_token.expand(x.shape[0], -1, -1)
        return torch.cat((cls, tokens), dim=1)


def main() -> None:
    torch.manual_seed(0)
    out = PatchEmbed()(x=torch.randn(2, 3, 224, 224))
    good = out.shape == (2, 197, 192)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
