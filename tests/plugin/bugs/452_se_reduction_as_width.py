"""452 se_reduction_as_width

kind: crash   facet: shape   seen in: braindecode/braindecode#889 and #955
ideal static checker: Linear(reduction, channels) gets channels // reduction features
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        squeezed = channels // reduction
        self.fc1 = nn.Linear(channels, squeezed)
        self.fc2 = nn.Linear(reduction, channels)  # BUG: the width is squeezed, not the reduction rate

    def forward(self, *, x: Float[Tensor, "b channels t"]) -> Float[Tensor, "b channels t"]:
        s = torch.relu(self.fc1(x.mean(dim=-1)))
        return x * torch.sigmoid(self.fc2(s)).unsqueeze(-1)


def main() -> None:
    torch.manual_seed(0)
    out = SqueezeExcite(32, 4)(x=torch.randn(2, 32, 9))
    good = out.shape == (2, 32, 9)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
