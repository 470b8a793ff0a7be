"""attention_projection_dim

kind: crash   facet: shape   seen in: re-implementations of cross attention
ideal static checker: keys are made from the decoder's width
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, d_context: int) -> None:
        super().__init__()
        self.to_q = nn.Linear(d_model, d_model)
        self.to_k = nn.Linear(d_model, d_model)  # BUG: reads the context
        self.to_v = nn.Linear(d_context, d_model)

    def forward(
        self, *, x: Float[Tensor, "b t d_model"], context: Float[Tensor, "b s d_context"]
    ) -> Float[Tensor, "b t d_model"]:
        q, k, v = self.to_q(x), self.to_k(context), self.to_v(context)
        return F.scaled_dot_product_attention(q, k, v)


def main() -> None:
    torch.manual_seed(0)
    good = CrossAttention(32, 48)(x=torch.randn(2, 5, 32), context=torch.randn(2, 7, 48)).shape == (2, 5, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
