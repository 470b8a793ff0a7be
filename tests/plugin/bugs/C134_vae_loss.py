"""C134 vae_loss: std from logvar, and the variance in the KL term. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class VAE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stats = nn.Linear(64, 2 * 16)
        self.dec = nn.Linear(16, 64)

    def forward(self, *, x: Float[Tensor, "b 64"]) -> Float[Tensor, ""]:
        mu, logvar = self.stats(x).chunk(2, dim=-1)
        std = torch.exp(0.5 * logvar)
        z = mu + torch.randn_like(std) * std
        kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=-1)
        return F.mse_loss(self.dec(z), x) + kl.mean()


def main() -> None:
    torch.manual_seed(0)
    out = VAE()(x=torch.randn(4, 64))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
