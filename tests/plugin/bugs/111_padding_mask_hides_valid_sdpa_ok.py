"""padding_mask_hides_valid_sdpa (fixed twin)

kind: silent   facet: mask   seen in: InseeFrLab/torchTextClassifiers#92, SDPA keeps True
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Attention(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "b h t d"],
        k: Float[Tensor, "b h t d"],
        v: Float[Tensor, "b h t d"],
        padding_mask: Bool[Tensor, "b t"],
    ) -> Float[Tensor, "b h t d"]:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=~padding_mask[:, None, None, :])


def main() -> None:
    torch.manual_seed(0)
    q = torch.randn(1, 2, 3, 4)
    mask = torch.tensor([[False, False, True]])
    v = q.clone()
    v[:, :, 2] = 100.0
    good = bool(Attention()(q=q, k=q, v=v, padding_mask=mask).max() < 50)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
