"""C132 mask_after_softmax_renormalised: weights masked after the softmax and divided by their sum. A checker must stay silent."""

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
        w = torch.softmax(self.score(h).squeeze(-1), dim=-1) * mask
        w = w / w.sum(dim=-1, keepdim=True).clamp_min(1e-6)
        return torch.bmm(w.unsqueeze(1), h).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    out = Pool()(h=torch.randn(2, 5, 64), mask=torch.ones(2, 5))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
