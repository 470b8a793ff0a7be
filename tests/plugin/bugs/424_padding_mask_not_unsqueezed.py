"""424 padding_mask_not_unsqueezed

kind: crash   facet: axis   seen in: sooftware/attentions#4, "The size of tensor a must match ... at non-singleton dimension"
ideal static checker: mask "batch time" against scores "batch 4 time time": batch meets the queries
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Attn(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "batch 4 time 16"],
        k: Float[Tensor, "batch 4 time 16"],
        pad: Bool[Tensor, "batch time"],
    ) -> Float[Tensor, "batch 4 time time"]:
        scores = q @ k.transpose(-2, -1) / 16**0.5
        scores = scores.masked_fill(pad, float("-inf"))  # BUG: needs (batch, 1, 1, time)
        return torch.softmax(scores, dim=-1)


def main() -> None:
    torch.manual_seed(0)
    pad = torch.zeros(3, 6, dtype=torch.bool)
    out = Attn()(q=torch.randn(3, 4, 6, 16), k=torch.randn(3, 4, 6, 16), pad=pad)
    good = out.shape == (3, 4, 6, 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
