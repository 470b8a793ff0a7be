"""355 one_positive_against_many_negatives

kind: crash   facet: shape   seen in: BPR losses: "The size of tensor a (32) must match the size of tensor b (5)"
ideal static checker: "b" minus "b negatives" aligns b with negatives; pos.unsqueeze(1) is wanted
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class MatrixFactorization(nn.Module):
    def __init__(self, users: int, items: int, dim: int) -> None:
        super().__init__()
        self.users = nn.Embedding(users, dim)
        self.items = nn.Embedding(items, dim)

    def forward(
        self,
        user: Int[Tensor, "b"],
        positive: Int[Tensor, "b"],
        negatives: Int[Tensor, "b negatives"],
    ) -> Float[Tensor, ""]:
        u = self.users(user)
        pos = (u * self.items(positive)).sum(dim=-1)
        neg = (u.unsqueeze(1) * self.items(negatives)).sum(dim=-1)
        return -F.logsigmoid(pos - neg).mean()  # BUG: the positive score has no axis for the negatives


def main() -> None:
    torch.manual_seed(0)
    loss = MatrixFactorization(10, 20, 8)(torch.randint(10, (6,)), torch.randint(20, (6,)), torch.randint(20, (6, 4)))
    print("GOOD" if loss.shape == () else "SILENT-WRONG")


if __name__ == "__main__":
    main()
