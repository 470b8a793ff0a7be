"""427 attention_softmax_over_queries (fixed twin)

kind: silent   facet: axis   seen in: labmlai/annotated_deep_learning_paper_implementations#282
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Attn(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "batch query 32"],
        k: Float[Tensor, "batch key 32"],
        v: Float[Tensor, "batch key 32"],
    ) -> Float[Tensor, "batch query 32"]:
        scores = torch.einsum("bqd,bkd->bqk", q, k) / 32**0.5
        w = scores.softmax(dim=2)
        return torch.einsum("bqk,bkd->bqd", w, v)


def main() -> None:
    torch.manual_seed(0)
    q, k = torch.randn(2, 5, 32), torch.randn(2, 7, 32)
    out = Attn()(q=q, k=k, v=torch.ones(2, 7, 32))
    good = bool(torch.allclose(out, torch.ones_like(out)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
