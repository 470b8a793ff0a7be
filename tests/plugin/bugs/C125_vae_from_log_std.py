"""C125_vae_from_log_std: a head that predicts log std: exp without the half is right. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Latent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 32)

    def forward(self, *, h: Float[Tensor, "b 64"]) -> Float[Tensor, "b 16"]:
        mu, log_std = self.head(h).chunk(2, dim=-1)
        std = log_std.clamp(-5, 2).exp()
        return mu + std * torch.randn_like(std)


def main() -> None:
    torch.manual_seed(0)
    out = Latent()(h=torch.randn(4, 64))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
