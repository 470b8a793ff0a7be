"""bce_on_logits

kind: crash   facet: semantic   seen in: "all elements of input should be between 0 and 1"
ideal static checker: binary_cross_entropy takes probabilities, got logits
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))

    def loss(self, real: Float[Tensor, "b 64"]) -> Float[Tensor, ""]:
        score = self.net(real)
        return F.binary_cross_entropy(score, torch.ones_like(score))  # BUG: sigmoid missing


def main() -> None:
    torch.manual_seed(0)
    good = Discriminator().loss(torch.randn(8, 64)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
