"""C137 interaction_matrix: (b, 1) against (n,) by intent: an outer sum of user and item biases. A checker must stay silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class MF(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.user = nn.Embedding(50, 16)
        self.user_bias = nn.Embedding(50, 1)
        self.item = nn.Embedding(70, 16)
        self.item_bias = nn.Embedding(70, 1)

    def forward(self, *, user: Int[Tensor, "b"], item: Int[Tensor, "n"]) -> Float[Tensor, "b n"]:
        dot = self.user(user) @ self.item(item).T
        return dot + self.user_bias(user) + self.item_bias(item).squeeze(-1)


def main() -> None:
    torch.manual_seed(0)
    out = MF()(user=torch.randint(0, 50, (3,)), item=torch.randint(0, 70, (5,)))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
