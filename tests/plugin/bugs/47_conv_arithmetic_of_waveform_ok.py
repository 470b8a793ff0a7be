"""conv_arithmetic_of_waveform (fixed twin)

kind: crash   facet: shape   seen in: M5 audio tutorial with another sampling rate
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class M3(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(1, 32, kernel_size=80, stride=16)
        self.conv2 = nn.Conv1d(32, 64, kernel_size=3)
        self.pool = nn.MaxPool1d(4)
        self.fc = nn.Linear(64, 35)

    def forward(self, *, wave: Float[Tensor, "b 1 8000"]) -> Float[Tensor, "b 35"]:
        h = self.pool(F.relu(self.conv1(wave)))
        h = self.pool(F.relu(self.conv2(h)))
        return self.fc(h.mean(dim=-1))


def main() -> None:
    torch.manual_seed(0)
    good = M3()(wave=torch.randn(2, 1, 8000)).shape == (2, 35)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
