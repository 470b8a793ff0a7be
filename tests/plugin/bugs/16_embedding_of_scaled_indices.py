"""embedding_of_scaled_indices

kind: crash   facet: dtype   seen in: StackOverflow, Expected tensor for argument #1 'indices' to have Long
ideal static checker: Embedding takes integers, got float
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Buckets(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(16, 8)

    def forward(self, t: Int[Tensor, "b"]) -> Float[Tensor, "b 8"]:
        return self.embed(t / 10)  # BUG: true division gives floats


def main() -> None:
    torch.manual_seed(0)
    out = Buckets()(torch.arange(5))
    print("GOOD" if out.shape == (5, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
