"""pos_encoding_of_wrong_axis (fixed twin)

kind: crash   facet: shape   seen in: pytorch tutorial's positional encoding with batch_first input
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Positions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.d = 64

    def forward(self, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b t 64"]:
        table = torch.arange(x.shape[1])[:, None] * torch.ones(64)
        return x + table.unsqueeze(0)


def main() -> None:
    torch.manual_seed(0)
    out = Positions()(torch.zeros(5, 5, 64))
    print("GOOD" if torch.equal(out[0, 2], torch.full((64,), 2.0)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
