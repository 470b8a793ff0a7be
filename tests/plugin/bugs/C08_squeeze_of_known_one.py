"""squeeze_of_known_one: squeeze of an axis which is surely 1. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Value(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.v = nn.Linear(8, 1)

    def forward(self, *, x: Float[Tensor, "b 8"], reward: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        return F.mse_loss(self.v(x).squeeze(-1), reward) + (self.v(x)[:, 0] - reward).abs().mean()


def main() -> None:
    torch.manual_seed(0)
    good = Value()(x=torch.randn(3, 8), reward=torch.randn(3)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
