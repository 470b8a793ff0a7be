"""waveform_without_channel

kind: crash   facet: shape   seen in: raw-audio front ends
ideal static checker: (batch, samples) is read as (channels, samples)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class FrontEnd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 64, kernel_size=400, stride=160)

    def forward(self, wave: Float[Tensor, "batch samples"]) -> Float[Tensor, "batch 64 frames"]:
        return self.conv(wave)  # BUG: no channel


def main() -> None:
    torch.manual_seed(0)

    good = FrontEnd()(torch.randn(2, 1600)).shape[:2] == (2, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
