"""C62 pairwise_by_broadcasting: distances of all points to all centres. A checker must stay silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Assign(nn.Module):
    def __init__(self, n_codes: int) -> None:
        super().__init__()
        self.codes = nn.Parameter(torch.randn(n_codes, 16))

    def forward(self, *, x: Float[Tensor, "b t 16"]) -> tuple[Float[Tensor, "b t 16"], Int[Tensor, "b t"]]:
        distance = (x.unsqueeze(2) - self.codes).pow(2).sum(-1)
        index = distance.argmin(dim=-1)
        nearest = self.codes[index]
        return x + (nearest - x).detach(), index


def main() -> None:
    torch.manual_seed(0)
    out, index = Assign(32)(x=torch.randn(2, 5, 16))
    print("GOOD", tuple(out.shape), tuple(index.shape))


if __name__ == "__main__":
    main()
