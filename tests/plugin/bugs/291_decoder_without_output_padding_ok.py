"""291 decoder_without_output_padding (fixed twin)

kind: silent   facet: shape   seen in: forum "ConvTranspose2d output size is 27 instead of 28"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(16, 1, kernel_size=3, stride=2, padding=1, output_padding=1)

    def forward(self, *, z: Float[Tensor, "b 16 14 14"]) -> Float[Tensor, "b 1 28 28"]:
        return torch.sigmoid(self.up(z))


def main() -> None:
    torch.manual_seed(0)
    out = Decoder()(z=torch.randn(2, 16, 14, 14))
    good = out.shape == (2, 1, 28, 28)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
