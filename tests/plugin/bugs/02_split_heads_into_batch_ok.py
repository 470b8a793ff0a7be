"""split_heads_into_batch (fixed twin)

kind: silent   facet: axis   seen in: reczoo/FuxiCTR#30
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Heads(nn.Module):
    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b h t e"]:
        b, t, d = x.shape
        return x.view(b, t, self.heads, d // self.heads).transpose(1, 2)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 5, 12)
    out = Heads(3)(x)
    print("GOOD" if torch.equal(out[0, 1, 0], x[0, 0, 4:8]) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
