"""mask_of_examples_for_heads (fixed twin)

kind: crash   facet: shape   seen in: pytorch/pytorch forum "The shape of the 3D attn_mask is torch.Size([2, 5, 5]), but should be (8, 5, 5)"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class RelationEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(64, 4, batch_first=True)
        self.norm = nn.LayerNorm(64)

    def forward(self, x: Float[Tensor, "b n 64"], blocked: Bool[Tensor, "b n n"]) -> Float[Tensor, "b n 64"]:
        out, _ = self.attention(x, x, x, attn_mask=blocked.repeat_interleave(4, dim=0))
        return self.norm(x + out)


def main() -> None:
    torch.manual_seed(0)
    out = RelationEncoder()(torch.randn(2, 5, 64), torch.zeros(2, 5, 5, dtype=torch.bool))
    print("GOOD" if out.shape == (2, 5, 64) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
