"""stack_of_recurrent_layers

kind: crash   facet: shape   seen in: stacked GRUs in a ModuleList
ideal static checker: an nn.GRU gives a pair
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Stack(nn.Module):
    def __init__(self, d: int, depth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.GRU(d, d, batch_first=True) for _ in range(depth)])
        self.norm = nn.LayerNorm(d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        for layer in self.layers:
            x, _ = layer(x)
        return self.norm(x)


def main() -> None:
    torch.manual_seed(0)

    good = Stack(8, 2)(torch.randn(2, 5, 8)).shape == (2, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
