"""autoencoder_decoder_size

kind: silent   facet: shape   seen in: forum, "Using a target size that is different to the input size"
ideal static checker: the decoder gives 25 x 25, the image is 28 x 28
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class AutoEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1)
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1),  # BUG: output_padding=1 missing: 13, not 14
            nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),
        )

    def forward(self, *, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 1 28 28"]:
        return self.decoder(self.encoder(x))


def main() -> None:
    torch.manual_seed(0)
    good = AutoEncoder()(x=torch.randn(2, 1, 28, 28)).shape == (2, 1, 28, 28)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
