"""vae_reconstruction_against_flat

kind: crash   facet: shape   seen in: pytorch/examples VAE with another decoder
ideal static checker: 784 against 1 28 28
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Vae(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.enc = nn.Linear(784, 2 * 20)
        self.dec = nn.Linear(20, 784)

    def forward(self, *, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, ""]:
        mu, logvar = self.enc(x.flatten(1)).chunk(2, dim=-1)
        z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
        recon = torch.sigmoid(self.dec(z))
        return F.binary_cross_entropy(recon, x)  # BUG: x.flatten(1)


def main() -> None:
    torch.manual_seed(0)
    good = Vae()(x=torch.rand(2, 1, 28, 28)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
