"""scores_normalized_over_queries

kind: silent   facet: axis   seen in: karpathy/ng-video-lecture#42
ideal static checker: softmax over the queries of a causal attention
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Head(nn.Module):
    def __init__(self, n_embd: int, head_size: int, block_size: int) -> None:
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))

    def forward(self, x: Float[Tensor, "b t n_embd"]) -> Tensor:
        t = x.size(1)
        k, q, v = self.key(x), self.query(x), self.value(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:t, :t] == 0, float("-inf"))
        wei = F.softmax(wei, dim=-2)  # BUG: keys are the last axis
        return wei @ v


def main() -> None:
    torch.manual_seed(0)

    m, x = Head(8, 4, 16), torch.randn(1, 5, 8)
    good = bool(torch.allclose(m(x)[:, 0], m.value(x)[:, 0], atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
