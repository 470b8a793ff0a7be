"""444 tril_float_mask_is_added

kind: silent   facet: semantic   seen in: pytorch/pytorch#21518
ideal static checker: a float attn_mask is added: ones and zeros hide nothing; it wants bool or -inf
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Causal(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.att = nn.MultiheadAttention(64, 4, batch_first=True)

    def forward(self, *, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b t 64"]:
        t = x.shape[1]
        mask = torch.tril(torch.ones(t, t))
        out, _ = self.att(x, x, x, attn_mask=mask)  # BUG: a float mask is added to the scores
        return out


def main() -> None:
    torch.manual_seed(0)
    m, x = Causal().eval(), torch.randn(2, 6, 64)
    x2 = x.clone()
    x2[:, 5] = 0.0
    good = bool(torch.allclose(m(x=x)[:, :5], m(x=x2)[:, :5], atol=1e-6))  # the past must not see step 5
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
