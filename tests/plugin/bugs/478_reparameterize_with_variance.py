"""478 reparameterize_with_variance

kind: silent   facet: semantic   seen in: rachtsingh/ibp_vae#3, keras-team/keras#3283, alecGraves/BVAE-tf#7
ideal static checker: exp(logvar) is the variance; the noise is scaled by the std, exp(0.5 * logvar)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Latent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mu = nn.Linear(64, 16)
        self.logvar = nn.Linear(64, 16)

    def forward(self, *, h: Float[Tensor, "b 64"]) -> Float[Tensor, "b 16"]:
        mu, logvar = self.mu(h), self.logvar(h)
        std = torch.exp(logvar)  # BUG: that is the variance, want exp(0.5 * logvar)
        return mu + std * torch.randn_like(std)


def main() -> None:
    torch.manual_seed(0)
    m = Latent()
    nn.init.zeros_(m.logvar.weight)
    nn.init.constant_(m.logvar.bias, 4.0)
    z = m(h=torch.zeros(20000, 64))
    good = bool((z.std() - 7.389).abs() < 0.2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
