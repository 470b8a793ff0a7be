"""415 module_list_same_input

kind: crash   facet: shape   seen in: forum: MLP built in a loop, every layer takes the input size
ideal static checker: the second Linear(40, 64) gets 64
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(40, 64) for _ in range(3)])  # BUG: only the first sees 40
        self.out = nn.Linear(64, 2)

    def forward(self, *, x: Float[Tensor, "b 40"]) -> Float[Tensor, "b 2"]:
        h = x
        for layer in self.layers:
            h = F.relu(layer(h))
        return self.out(h)


def main() -> None:
    torch.manual_seed(0)
    out = MLP()(x=torch.randn(4, 40))
    good = out.shape == (4, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
