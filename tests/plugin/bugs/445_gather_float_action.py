"""445 gather_float_action

kind: crash   facet: dtype   seen in: replay buffers: "gather(): Expected dtype int64 for index"
ideal static checker: gather index must be int64, got float
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Q(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Linear(8, 4)

    def forward(self, *, obs: Float[Tensor, "b 8"], action: Float[Tensor, "b 1"]) -> Float[Tensor, "b 1"]:
        return self.net(obs).gather(1, action)  # BUG: action.long() missing


def main() -> None:
    torch.manual_seed(0)
    out = Q()(obs=torch.randn(5, 8), action=torch.zeros(5, 1))
    good = out.shape == (5, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
