"""attention_mask_equals_zero_for_sdpa

kind: silent   facet: mask   seen in: ports between two attention kernels
ideal static checker: attention_mask == 0 is the padding; True takes part in SDPA
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def attend(
    q: Float[Tensor, "b h t d"],
    k: Float[Tensor, "b h s d"],
    v: Float[Tensor, "b h s d"],
    attention_mask: Int[Tensor, "b s"],
) -> Float[Tensor, "b h t d"]:
    mask = attention_mask != 0
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])


def main() -> None:
    torch.manual_seed(0)

    q, k, v = torch.randn(3, 1, 2, 4, 8).unbind(0)
    keep = torch.tensor([[1, 1, 1, 0]])
    good = bool(
        torch.allclose(
            attend(q, k, v, keep),
            attend(q, k[:, :, :3], v[:, :, :3], keep[:, :3]),
            atol=1e-5,
        )
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
