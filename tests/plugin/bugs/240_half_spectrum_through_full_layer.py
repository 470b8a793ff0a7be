"""half_spectrum_through_full_layer

kind: crash   facet: shape   seen in: forum "mat1 and mat2 shapes cannot be multiplied (8x129 and 256x64)" of rfft features
ideal static checker: rfft of 256 samples has 129 bins
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SpectralClassifier(nn.Module):
    def __init__(self, samples: int = 256) -> None:
        super().__init__()
        self.samples = samples
        self.fc = nn.Linear(samples, 64)  # BUG: rfft gives samples // 2 + 1 bins
        self.out = nn.Linear(64, 3)

    def forward(self, wave: Float[Tensor, "b samples"]) -> Float[Tensor, "b 3"]:
        spectrum = torch.fft.rfft(wave, dim=-1).abs()
        return self.out(torch.relu(self.fc(torch.log1p(spectrum))))


def main() -> None:
    torch.manual_seed(0)
    out = SpectralClassifier()(torch.randn(8, 256))
    print("GOOD" if out.shape == (8, 3) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
