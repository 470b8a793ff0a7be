"""float_positions_into_embedding

kind: crash   facet: dtype   seen in: learned positions
ideal static checker: an embedding takes integers
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Positions(nn.Module):
    def __init__(self, max_len: int, d: int) -> None:
        super().__init__()
        self.table = nn.Embedding(max_len, d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        steps = torch.arange(x.size(1), device=x.device)
        return x + self.table(steps)


def main() -> None:
    torch.manual_seed(0)

    good = Positions(16, 8)(torch.randn(2, 5, 8)).shape == (2, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
