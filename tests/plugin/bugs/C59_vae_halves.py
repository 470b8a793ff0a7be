"""C59 vae_halves: one layer gives means and log-variances. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Latent(nn.Module):
    def __init__(self, z_dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(64, 2 * z_dim)
        self.out = nn.Linear(z_dim, 64)

    def forward(self, *, x: Float[Tensor, "b 64"]) -> tuple[Float[Tensor, "b 64"], Float[Tensor, ""]]:
        mu, logvar = self.fc(x).chunk(2, dim=-1)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(dim=1).mean()
        return self.out(z), kl


def main() -> None:
    torch.manual_seed(0)
    out, kl = Latent(8)(x=torch.randn(4, 64))
    print("GOOD", tuple(out.shape), tuple(kl.shape))


if __name__ == "__main__":
    main()
