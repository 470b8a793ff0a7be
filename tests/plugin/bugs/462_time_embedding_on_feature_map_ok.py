"""462 time_embedding_on_feature_map (fixed twin)

kind: crash   facet: shape   seen in: DDPM ports: time embedding added to a feature map
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ResBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv2 = nn.Conv2d(64, 64, 3, padding=1)
        self.emb = nn.Linear(128, 64)

    def forward(self, *, x: Float[Tensor, "b 32 16 16"], t_emb: Float[Tensor, "b 128"]) -> Float[Tensor, "b 64 16 16"]:
        h = F.silu(self.conv1(x))
        h = h + self.emb(F.silu(t_emb))[:, :, None, None]
        return self.conv2(h)


def main() -> None:
    torch.manual_seed(0)
    out = ResBlock()(x=torch.randn(2, 32, 16, 16), t_emb=torch.randn(2, 128))
    good = out.shape == (2, 64, 16, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
