"""285 cross_attention_keys_not_transposed (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "Expected size for first two dimensions of batch2 tensor to be: [8, 16]"
ideal static checker: nothing (clean)
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Attend(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "b 4 t 16"],
        k: Float[Tensor, "b 4 s 16"],
        v: Float[Tensor, "b 4 s 16"],
    ) -> Float[Tensor, "b 4 t 16"]:
        scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(16)
        return torch.matmul(scores.softmax(dim=-1), v)


def main() -> None:
    torch.manual_seed(0)
    k = torch.randn(2, 4, 7, 16)
    out = Attend()(q=torch.randn(2, 4, 5, 16), k=k, v=k)
    good = out.shape == (2, 4, 5, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
