"""gan_sigmoid_then_logits_loss (fixed twin)

kind: silent   facet: semantic   seen in: DCGAN ports, discriminator ends in Sigmoid
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(8 * 14 * 14, 1), nn.Sigmoid()
        )


def generator_loss(critic: Discriminator, fake: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, ""]:
    verdict = critic.net(fake)
    return F.binary_cross_entropy(verdict, torch.ones_like(verdict))


def main() -> None:
    torch.manual_seed(0)
    m, x = Discriminator(), torch.randn(4, 1, 28, 28)
    good = bool(torch.allclose(generator_loss(m, x), -m.net(x).log().mean()))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
