"""weight_stored_transposed

kind: crash   facet: shape   seen in: hand-written linear layers
ideal static checker: F.linear takes a weight of (out, in)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Dense(nn.Module):
    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.in_features = in_features
        self.weight = nn.Parameter(torch.empty(in_features, out_features))  # BUG: (out, in)
        self.bias = nn.Parameter(torch.zeros(out_features))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x: Float[Tensor, "*lead {self.in_features}"]) -> Tensor:
        return F.linear(x, self.weight, self.bias)


def main() -> None:
    torch.manual_seed(0)

    good = Dense(8, 4)(torch.randn(2, 8)).shape == (2, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
