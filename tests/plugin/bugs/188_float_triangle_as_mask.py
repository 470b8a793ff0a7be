"""float_triangle_as_mask

kind: silent   facet: mask   seen in: causal attention
ideal static checker: a float mask is added: zeros and ones hide nothing
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def causal(
    q: Float[Tensor, "b h t d"],
    k: Float[Tensor, "b h t d"],
    v: Float[Tensor, "b h t d"],
) -> Float[Tensor, "b h t d"]:
    t = q.size(-2)
    mask = torch.tril(torch.ones(t, t, device=q.device))  # BUG: bool
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def main() -> None:
    torch.manual_seed(0)

    q, k, v = torch.randn(3, 1, 2, 4, 8).unbind(0)
    good = bool(
        torch.allclose(
            causal(q, k, v),
            F.scaled_dot_product_attention(q, k, v, is_causal=True),
            atol=1e-5,
        )
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
