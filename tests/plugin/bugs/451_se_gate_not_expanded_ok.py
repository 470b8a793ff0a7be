"""451 se_gate_not_expanded (fixed twin)

kind: crash   facet: shape   seen in: squeeze-and-excitation ports, y.view(b, c, 1, 1) forgotten
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(64, 16)
        self.fc2 = nn.Linear(16, 64)

    def forward(self, *, x: Float[Tensor, "b 64 14 14"]) -> Float[Tensor, "b 64 14 14"]:
        s = x.mean(dim=(2, 3))
        s = torch.sigmoid(self.fc2(torch.relu(self.fc1(s))))
        return x * s[:, :, None, None]


def main() -> None:
    torch.manual_seed(0)
    out = SE()(x=torch.randn(2, 64, 14, 14))
    good = out.shape == (2, 64, 14, 14)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
