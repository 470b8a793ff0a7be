"""softmax_then_log_then_nll: nll of the logarithm of probabilities. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 3), nn.Softmax(dim=-1))

    def forward(self, *, x: Float[Tensor, "b 8"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        return F.nll_loss(torch.log(self.net(x) + 1e-9), y)


def main() -> None:
    torch.manual_seed(0)
    good = Loss()(x=torch.randn(4, 8), y=torch.zeros(4, dtype=torch.long)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
