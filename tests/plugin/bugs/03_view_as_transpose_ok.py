"""view_as_transpose (fixed twin)

kind: silent   facet: axis   seen in: rish-16/tokenlearner-pytorch#1
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Mix(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(32, 4)

    def forward(self, x: Float[Tensor, "b tokens 32"]) -> Float[Tensor, "tokens b 32"]:
        b, tokens, _ = x.shape
        y = x.transpose(0, 1)
        return self.attention(y, y, y)[0]


def main() -> None:
    torch.manual_seed(0)
    m, x = Mix().eval(), torch.randn(4, 6, 32)
    y = x.transpose(0, 1)
    print("GOOD" if torch.allclose(m(x), m.attention(y, y, y)[0], atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
