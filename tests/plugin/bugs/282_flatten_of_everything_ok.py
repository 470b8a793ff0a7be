"""282 flatten_of_everything (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "mat1 and mat2 shapes cannot be multiplied (1x100352 and 50176x10)"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 16, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc = nn.Linear(16 * 14 * 14, 10)

    def forward(self, *, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 10"]:
        x = self.pool(torch.relu(self.conv(x)))
        x = torch.flatten(x, start_dim=1)
        return self.fc(x)


def main() -> None:
    torch.manual_seed(0)
    out = Net()(x=torch.randn(2, 1, 28, 28))
    good = out.shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
