"""428 masked_mean_global_count (fixed twin)

kind: silent   facet: axis   seen in: SeanLee97/AnglE#101 and pull 102
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Pool(nn.Module):
    def forward(
        self, *, h: Float[Tensor, "batch time 64"], mask: Float[Tensor, "batch time"]
    ) -> Float[Tensor, "batch 64"]:
        total = (h * mask.unsqueeze(-1)).sum(dim=1)
        return total / mask.sum(dim=1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)
    h, mask = torch.ones(3, 5, 64), torch.ones(3, 5)
    out = Pool()(h=h, mask=mask)
    good = bool(torch.allclose(out, torch.ones_like(out)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
