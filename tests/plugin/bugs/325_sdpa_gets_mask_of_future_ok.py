"""325 sdpa_gets_mask_of_future (fixed twin)

kind: silent   facet: semantic   seen in: rasbt/LLMs-from-scratch#1061
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Causal(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "b 4 t 16"],
        k: Float[Tensor, "b 4 t 16"],
        v: Float[Tensor, "b 4 t 16"],
    ) -> Float[Tensor, "b 4 t 16"]:
        t = q.shape[2]
        mask = torch.triu(torch.ones(t, t), diagonal=1).bool()
        return F.scaled_dot_product_attention(q, k, v, attn_mask=~mask)


def main() -> None:
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 4, 6, 16) for _ in range(3))
    right = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    good = bool(torch.allclose(Causal()(q=q, k=k, v=v), right, atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
