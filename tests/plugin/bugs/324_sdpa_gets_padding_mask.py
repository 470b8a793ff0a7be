"""324 sdpa_gets_padding_mask

kind: silent   facet: semantic   seen in: InseeFrLab/torchTextClassifiers#92, mlwithme/TransformerTranslation#6
ideal static checker: scaled_dot_product_attention expects a ValidMask (True = attend), got a PaddingMask
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class SelfAttn(nn.Module):
    def forward(
        self, *, x: Float[Tensor, "b 4 t 16"], key_padding_mask: Bool[Tensor, "b t"]
    ) -> Float[Tensor, "b 4 t 16"]:
        mask = key_padding_mask[:, None, None, :]
        return F.scaled_dot_product_attention(x, x, x, attn_mask=mask)  # BUG: True = attend here


def main() -> None:
    torch.manual_seed(0)
    m, x = SelfAttn(), torch.randn(2, 4, 6, 16)
    pad = torch.tensor([[False] * 4 + [True] * 2] * 2)
    x2 = x.clone()
    x2[:, :, 4:] = 0.0
    out, out2 = m(x=x, key_padding_mask=pad), m(x=x2, key_padding_mask=pad)
    good = bool(torch.allclose(out[:, :, :4], out2[:, :, :4], atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
