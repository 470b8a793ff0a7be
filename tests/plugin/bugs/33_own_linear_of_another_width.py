"""own_linear_of_another_width

kind: crash   facet: shape   seen in: projects whose Linear is a subclass of nn.Linear
ideal static checker: the second layer takes 32, 64 come
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Linear(nn.Linear):
    def reset_parameters(self) -> None:
        nn.init.xavier_uniform_(self.weight)
        nn.init.zeros_(self.bias)


class Feed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = Linear(32, 64)
        self.down = Linear(32, 32)  # BUG: 64 come

    def forward(self, x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 32"]:
        return self.down(self.up(x).relu())


def main() -> None:
    torch.manual_seed(0)
    out = Feed()(torch.randn(2, 32))
    print("GOOD" if out.shape == (2, 32) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
