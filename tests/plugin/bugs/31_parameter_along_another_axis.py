"""parameter_along_another_axis

kind: crash   facet: shape   seen in: hand-written channel scales (LayerScale, SE blocks)
ideal static checker: "b 64 t" times a parameter of 64 entries
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Scale(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(64))

    def forward(self, x: Float[Tensor, "b 64 t"]) -> Float[Tensor, "b 64 t"]:
        return x * self.gamma  # BUG: channels are not last


def main() -> None:
    torch.manual_seed(0)
    out = Scale()(torch.randn(2, 64, 5))
    print("GOOD" if out.shape == (2, 64, 5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
