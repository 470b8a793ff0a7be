"""419 kv_cache_cat_heads

kind: crash   facet: shape   seen in: deepspeedai/Megatron-DeepSpeed#112, mosaicml/llm-foundry#210
ideal static checker: torch.cat over axis 1 (heads): "s" against "t"; the time axis is 2
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Attn(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "b 4 t 16"],
        k: Float[Tensor, "b 4 t 16"],
        v: Float[Tensor, "b 4 t 16"],
        past_k: Float[Tensor, "b 4 s 16"],
        past_v: Float[Tensor, "b 4 s 16"],
    ) -> Float[Tensor, "b 4 t 16"]:
        k = torch.cat((past_k, k), dim=1)  # BUG: axis 1 is the heads
        v = torch.cat((past_v, v), dim=1)
        return F.scaled_dot_product_attention(q, k, v)


def main() -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 4, 1, 16).unbind(0)
    past_k, past_v = torch.randn(2, 2, 4, 7, 16).unbind(0)
    out = Attn()(q=q, k=k, v=v, past_k=past_k, past_v=past_v)
    good = out.shape == (2, 4, 1, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
