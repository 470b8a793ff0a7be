"""438 logvar_used_as_std (fixed twin)

kind: silent   facet: semantic   seen in: rachtsingh/ibp_vae#3, keras-team/keras#3283
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Latent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stats = nn.Linear(64, 2 * 16)

    def forward(self, *, h: Float[Tensor, "b 64"]) -> Float[Tensor, "b 16"]:
        mu, logvar = self.stats(h).chunk(2, dim=-1)
        return mu + torch.randn_like(mu) * (0.5 * logvar).exp()


def main() -> None:
    torch.manual_seed(0)
    m, h = Latent(), 3 * torch.randn(1, 64).expand(20000, 64)
    mu, logvar = m.stats(h[0]).chunk(2, dim=-1)
    good = bool(torch.allclose(m(h=h).std(0), (0.5 * logvar).exp(), rtol=0.05))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
