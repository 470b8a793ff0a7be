"""embedding_bag_positions (fixed twin)

kind: crash   facet: shape   seen in: DLRM-like recommenders
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Rec(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.user = nn.Embedding(100, 16)
        self.item = nn.Embedding(200, 16)

    def forward(self, *, user: Int[Tensor, "b"], item: Int[Tensor, "b"]) -> Float[Tensor, "b"]:
        return (self.user(user) * self.item(item)).sum(dim=1)


def main() -> None:
    torch.manual_seed(0)
    good = Rec()(user=torch.tensor([1]), item=torch.tensor([2])).shape == (1,)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
