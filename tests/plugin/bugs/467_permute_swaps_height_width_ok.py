"""467 permute_swaps_height_width (fixed twin)

kind: silent   facet: axis   seen in: weify627/4D-Rotor-Gaussians#7, yihong-97/Source-free-IAPC#6
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Preprocess(nn.Module):
    def forward(self, *, image: Float[Tensor, "batch height width 3"]) -> Float[Tensor, "batch 3 height width"]:
        x = image / 127.5 - 1.0
        return x.permute(0, 3, 1, 2)


def main() -> None:
    torch.manual_seed(0)
    out = Preprocess()(image=torch.rand(2, 6, 8, 3) * 255)
    good = out.shape == (2, 3, 6, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
