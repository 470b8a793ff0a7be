"""442 mask_multiplied_before_softmax

kind: silent   facet: semantic   seen in: georg-wolflein/good-features#1, lucidrains/memory-compressed-attention#2
ideal static checker: multiplying Logits with a mask leaves exp(0) for padding; fill with -inf
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Pool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(64, 1)

    def forward(
        self, *, h: Float[Tensor, "batch time 64"], mask: Float[Tensor, "batch time"]
    ) -> Float[Tensor, "batch 64"]:
        score = self.score(h).squeeze(-1)
        w = torch.softmax(score * mask, dim=-1)  # BUG: zero is not minus infinity
        return torch.einsum("bt,btd->bd", w, h)


def main() -> None:
    torch.manual_seed(0)
    m, h, mask = Pool(), torch.randn(2, 6, 64), torch.tensor([[1.0] * 4 + [0.0] * 2] * 2)
    h2 = h.clone()
    h2[:, 4:] = 7.0
    good = bool(torch.allclose(m(h=h, mask=mask), m(h=h2, mask=mask), atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
