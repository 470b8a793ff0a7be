"""vae_latent_not_halved (fixed twin)

kind: crash   facet: shape   seen in: VAE encoders with one head for both
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Vae(nn.Module):
    def __init__(self, latent: int = 20) -> None:
        super().__init__()
        self.enc = nn.Linear(784, 2 * latent)
        self.dec = nn.Linear(latent, 784)

    def forward(self, *, x: Float[Tensor, "b 784"]) -> Float[Tensor, "b 784"]:
        mu, logvar = self.enc(x).chunk(2, dim=-1)
        return self.dec(mu + torch.randn_like(mu) * torch.exp(0.5 * logvar))


def main() -> None:
    torch.manual_seed(0)
    good = Vae()(x=torch.rand(2, 784)).shape == (2, 784)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
