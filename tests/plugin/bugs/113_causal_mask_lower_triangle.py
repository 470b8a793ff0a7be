"""causal_mask_lower_triangle

kind: silent   facet: mask   seen in: decoders with MultiheadAttention and tril
ideal static checker: attn_mask hides where it is True
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, *, x: Float[Tensor, "b t 16"]) -> Float[Tensor, "b t 16"]:
        t = x.size(1)
        causal = torch.tril(torch.ones(t, t, dtype=torch.bool))  # BUG: triu(..., diagonal=1)
        out, _ = self.attn(x, x, x, attn_mask=causal)
        return out


def main() -> None:
    torch.manual_seed(0)
    m, x = Decoder(), torch.randn(1, 4, 16)
    x2 = x.clone()
    x2[:, -1] = 0
    good = bool(torch.allclose(m(x=x)[:, 0], m(x=x2)[:, 0], atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
