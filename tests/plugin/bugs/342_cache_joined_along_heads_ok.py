"""342 cache_joined_along_heads (fixed twin)

kind: crash   facet: shape   seen in: "Sizes of tensors must match except in dimension 1" of past_key_values
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation


class CachedAttention(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(512, 3 * 512)
        self.out = nn.Linear(512, 512)

    def forward(
        self,
        *,
        x: NeuralType[Float[Tensor, "b t 512"], EncodedRepresentation],
        past_k: Float[Tensor, "b 8 past 64"],
        past_v: Float[Tensor, "b 8 past 64"],
    ) -> NeuralType[Float[Tensor, "b t 512"], EncodedRepresentation]:
        b, t, _ = x.shape
        q, k, v = (part.view(b, t, 8, 64).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        v = torch.cat([past_v, v], dim=2)
        k = torch.cat([past_k, k], dim=2)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(b, t, 512))


def main() -> None:
    torch.manual_seed(0)
    past = torch.randn(2, 8, 6, 64)
    out = CachedAttention()(x=torch.randn(2, 3, 512), past_k=past, past_v=past)
    print("GOOD" if out.shape == (2, 3, 512) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
