"""squeeze_excite_scale

kind: crash   facet: shape   seen in: SE blocks
ideal static checker: "b c" scale against "b c h w"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(64, 4), nn.ReLU(), nn.Linear(4, 64), nn.Sigmoid())

    def forward(self, *, x: Float[Tensor, "b 64 h w"]) -> Float[Tensor, "b 64 h w"]:
        s = self.fc(x.mean(dim=(2, 3)))
        return x * s  # BUG: s[:, :, None, None]


def main() -> None:
    torch.manual_seed(0)
    good = SqueezeExcite()(x=torch.randn(2, 64, 5, 6)).shape == (2, 64, 5, 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
