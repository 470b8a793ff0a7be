"""443 sdpa_mask_inverted (fixed twin)

kind: silent   facet: semantic   seen in: InseeFrLab/torchTextClassifiers#92
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Attn(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "b 4 t 16"],
        k: Float[Tensor, "b 4 t 16"],
        v: Float[Tensor, "b 4 t 16"],
        padding_mask: Bool[Tensor, "b t"],
    ) -> Float[Tensor, "b 4 t 16"]:
        mask = padding_mask[:, None, None, :]
        return F.scaled_dot_product_attention(q, k, v, attn_mask=~mask)


def main() -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 4, 6, 16).unbind(0)
    pad = torch.tensor([[False] * 4 + [True] * 2] * 2)
    v2 = v.clone()
    v2[:, :, 4:] = 0.0
    out, out2 = Attn()(q=q, k=k, v=v, padding_mask=pad), Attn()(q=q, k=k, v=v2, padding_mask=pad)
    good = bool(torch.allclose(out, out2))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
