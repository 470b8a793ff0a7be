"""special_tokens_not_expanded

kind: crash   facet: shape   seen in: vit ports with several special tokens
ideal static checker: cat of (1, 1, d) and (b, n, d)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Tokens(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.special = nn.ParameterDict(
            {
                "cls": nn.Parameter(torch.zeros(1, 1, d)),
                "dist": nn.Parameter(torch.zeros(1, 1, d)),
            }
        )

    def forward(self, patches: Float[Tensor, "b n d"]) -> Float[Tensor, "b n+1 d"]:
        token = self.special["cls"]  # BUG: one token for the whole batch
        return torch.cat([token, patches], dim=1)


def main() -> None:
    torch.manual_seed(0)

    good = Tokens(8)(torch.randn(2, 5, 8)).shape == (2, 6, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
