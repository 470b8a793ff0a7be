"""347 causal_convolution_not_chopped (fixed twin)

kind: crash   facet: shape   seen in: TCN ports: "The size of tensor a (54) must match the size of tensor b (50)"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Chomp(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Float[Tensor, "b c t"]) -> Tensor:
        return x[:, :, : -self.size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(32, 32, kernel_size=3, padding=4, dilation=2)
        self.conv2 = nn.Conv1d(32, 32, kernel_size=3, padding=4, dilation=2)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Float[Tensor, "b 32 50"]) -> Float[Tensor, "b 32 50"]:
        h = torch.relu(self.conv1(x)[:, :, :-4])
        h = torch.relu(self.conv2(self.dropout(h))[:, :, :-4])
        return torch.relu(h + x)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if TemporalBlock()(torch.randn(2, 32, 50)).shape == (2, 32, 50) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
