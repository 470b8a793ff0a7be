"""representations_normalized_over_batch (fixed twin)

kind: silent   facet: axis   seen in: alireza-nasiri/SoundCLR#4
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class SupConHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.projection = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 64))

    def forward(self, features: Float[Tensor, "batch 512"]) -> Float[Tensor, "batch 64"]:
        return F.normalize(self.projection(features), dim=1)


def main() -> None:
    torch.manual_seed(0)
    out = SupConHead()(torch.randn(4, 512))
    print("GOOD" if torch.allclose(out.norm(dim=1), torch.ones(4)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
