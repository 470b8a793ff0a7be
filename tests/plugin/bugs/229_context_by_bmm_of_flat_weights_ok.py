"""context_by_bmm_of_flat_weights (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "batch1 must be a 3D tensor" in seq2seq attention
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class BahdanauAttention(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.wa, self.ua, self.va = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, 1)

    def forward(self, query: Float[Tensor, "b d"], keys: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]:
        scores = self.va(torch.tanh(self.wa(query).unsqueeze(1) + self.ua(keys))).squeeze(2)
        weights = torch.softmax(scores, dim=-1)
        return torch.bmm(weights.unsqueeze(1), keys).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    out = BahdanauAttention(8)(torch.randn(2, 8), torch.randn(2, 5, 8))
    print("GOOD" if out.shape == (2, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
