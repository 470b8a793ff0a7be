"""shard_mask_along_embedding

kind: crash   facet: shape   seen in: Wenyueh/MinivLLM#99
ideal static checker: mask "b 1 t" times "b t d": the axis of ones should be the last
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class VocabParallelEmbedding(nn.Module):
    def __init__(self, rows: int, d: int, start: int) -> None:
        super().__init__()
        self.start, self.end = start, start + rows
        self.weight = nn.Parameter(torch.randn(rows, d))

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
        mask = (tokens >= self.start) & (tokens < self.end)
        local = mask * (tokens - self.start)
        out = F.embedding(local, self.weight)
        return mask.unsqueeze(1) * out  # BUG: unsqueeze(-1)


def main() -> None:
    torch.manual_seed(0)
    out = VocabParallelEmbedding(5, 8, 5)(torch.randint(0, 10, (2, 4)))
    print("GOOD" if out.shape == (2, 4, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
