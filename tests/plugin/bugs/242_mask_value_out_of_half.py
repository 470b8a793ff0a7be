"""mask_value_out_of_half

kind: crash   facet: dtype   seen in: huggingface, "value cannot be converted to type at::Half without overflow"
ideal static checker: -1e9 does not fit Float16
"""

import torch
from jaxtyping import Bool, Float16
from torch import Tensor, nn


class HalfAttention(nn.Module):
    def forward(
        self, scores: Float16[Tensor, "b heads t s"], padding: Bool[Tensor, "b s"]
    ) -> Float16[Tensor, "b heads t s"]:
        scores = scores.masked_fill(padding[:, None, None, :], -1e9)  # BUG: below the smallest half
        return scores.softmax(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    out = HalfAttention()(torch.randn(2, 2, 3, 4).half(), torch.tensor([[False, False, True, True]] * 2))
    print("GOOD" if out[..., 2:].sum() == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
