"""475 discriminator_double_sigmoid (fixed twin)

kind: silent   facet: semantic   seen in: PaddlePaddle/Paddle#22085, ChengBinJin/V-GAN-tensorflow#16, torchgan/torchgan#116
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Disc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(64, 32),
            nn.LeakyReLU(0.2),
            nn.Linear(32, 1),
        )

    def forward(self, *, real: Float[Tensor, "b 64"], fake: Float[Tensor, "b 64"]) -> Float[Tensor, ""]:
        d_real, d_fake = self.net(real), self.net(fake.detach())
        loss = F.binary_cross_entropy_with_logits(d_real, torch.ones_like(d_real))
        return loss + F.binary_cross_entropy_with_logits(d_fake, torch.zeros_like(d_fake))


def main() -> None:
    torch.manual_seed(0)
    m = Disc()
    for p in m.parameters():
        nn.init.zeros_(p)
    nn.init.constant_(m.net[2].bias, 9.0)
    good = bool(m(real=torch.randn(4, 64), fake=torch.randn(4, 64)) > 8.0)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
