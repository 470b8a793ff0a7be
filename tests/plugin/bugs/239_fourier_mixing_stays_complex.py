"""fourier_mixing_stays_complex

kind: crash   facet: dtype   seen in: FNet re-implementations, "mat1 and mat2 must have the same dtype, but got ComplexFloat and Float"
ideal static checker: Linear of complex64
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class FNetBlock(nn.Module):
    def __init__(self, d: int, d_ff: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.ffn = nn.Sequential(nn.Linear(d, d_ff), nn.GELU(), nn.Linear(d_ff, d))

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        mixed = torch.fft.fft(torch.fft.fft(x, dim=-1), dim=-2)  # BUG: .real is missing
        return x + self.ffn(mixed)


def main() -> None:
    torch.manual_seed(0)
    out = FNetBlock(8, 16)(torch.randn(2, 5, 8))
    print("GOOD" if out.dtype == torch.float32 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
