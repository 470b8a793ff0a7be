"""bce_n1_vs_n (fixed twin)

kind: crash   facet: shape   seen in: "Using a target size that is different to the input size"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Binary(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 1))
        self.criterion = nn.BCEWithLogitsLoss()

    def forward(self, *, x: Float[Tensor, "b 20"], y: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        return self.criterion(self.net(x).squeeze(1), y)


def main() -> None:
    torch.manual_seed(0)
    good = Binary()(x=torch.randn(4, 20), y=torch.ones(4)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
