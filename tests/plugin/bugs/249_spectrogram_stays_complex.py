"""spectrogram_stays_complex

kind: crash   facet: dtype   seen in: StackOverflow "Input type (torch.cuda.ComplexFloatType) and weight type should be the same" after torch.stft
ideal static checker: Conv1d of complex64
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class KeywordSpotter(nn.Module):
    window: Tensor

    def __init__(self, n_fft: int, keywords: int) -> None:
        super().__init__()
        self.n_fft = n_fft
        self.register_buffer("window", torch.hann_window(n_fft))
        self.conv = nn.Conv1d(n_fft // 2 + 1, 32, 3, padding=1)
        self.head = nn.Linear(32, keywords)

    def forward(self, wave: Float[Tensor, "b samples"]) -> Float[Tensor, "b keywords"]:
        spectrum = torch.stft(wave, self.n_fft, window=self.window, return_complex=True)
        h = torch.relu(self.conv(spectrum))  # BUG: magnitudes are wanted
        return self.head(h.mean(dim=-1))


def main() -> None:
    torch.manual_seed(0)
    out = KeywordSpotter(16, 5)(torch.randn(2, 64))
    print("GOOD" if out.shape == (2, 5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
