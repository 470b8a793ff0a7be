"""308 cosine_similarity_over_tokens (fixed twin)

kind: silent   facet: axis   seen in: facebookresearch/WMReward#11
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Align(nn.Module):
    def forward(self, *, z: Float[Tensor, "batch tokens 64"], h: Float[Tensor, "batch tokens 64"]) -> Float[Tensor, ""]:
        return 1 - F.cosine_similarity(z, h, dim=-1).mean()


def main() -> None:
    torch.manual_seed(0)
    z, h = torch.randn(2, 5, 64), torch.randn(2, 5, 64)
    right = 1 - (F.normalize(z, dim=-1) * F.normalize(h, dim=-1)).sum(-1).mean()
    good = bool(torch.allclose(Align()(z=z, h=h), right, atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
