"""valid_mask_for_sdpa: sdpa attends where the mask is True. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor


def attend(
    q: Float[Tensor, "b h t d"], k: Float[Tensor, "b h s d"], valid_mask: Bool[Tensor, "b s"]
) -> Float[Tensor, "b h t d"]:
    padding = ~valid_mask
    bias = torch.zeros(padding.shape).masked_fill(padding, float("-inf"))
    a = F.scaled_dot_product_attention(q, k, k, attn_mask=valid_mask[:, None, None])
    c = F.scaled_dot_product_attention(q, k, k, attn_mask=bias[:, None, None])
    return (a + c) / 2


def main() -> None:
    torch.manual_seed(0)
    good = attend(torch.randn(2, 1, 3, 4), torch.randn(2, 1, 5, 4), torch.ones(2, 5, dtype=torch.bool)).shape == (
        2,
        1,
        3,
        4,
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
