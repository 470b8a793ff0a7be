"""softmax_without_dim

kind: silent   facet: axis   seen in: jadore801120/attention-is-all-you-need-pytorch#52, "Implicit dimension choice for softmax has been deprecated"
ideal static checker: nn.Softmax() of three axes is over axis 0, the batch
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class DotAttention(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(d, d), nn.Linear(d, d)
        self.softmax = nn.Softmax()  # BUG: no dim; of three axes the first is taken

    def forward(self, x: Float[Tensor, "batch time d"]) -> Float[Tensor, "batch time time"]:
        scores = self.query(x) @ self.key(x).transpose(1, 2)
        return self.softmax(scores)


def main() -> None:
    torch.manual_seed(0)
    out = DotAttention(8)(torch.randn(3, 4, 8))
    print("GOOD" if torch.allclose(out.sum(-1), torch.ones(3, 4)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
