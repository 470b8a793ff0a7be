"""463 noise_level_per_sample (fixed twin)

kind: latent   facet: shape   seen in: jolibrain/joliGEN#527, IrisRainbowNeko/HCP-Diffusion#82
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Diffuse(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("alphas", torch.linspace(0.99, 0.01, 1000))

    def forward(
        self, *, x0: Float[Tensor, "b 3 h w"], noise: Float[Tensor, "b 3 h w"], alpha_bar: Float[Tensor, "b"]
    ) -> Float[Tensor, "b 3 h w"]:
        a = alpha_bar.view(-1, 1, 1, 1)
        return a.sqrt() * x0 + (1 - a).sqrt() * noise


def main() -> None:
    torch.manual_seed(0)
    x, n, a = torch.randn(8, 3, 8, 8), torch.randn(8, 3, 8, 8), torch.rand(8)
    ref = torch.stack([a[i].sqrt() * x[i] + (1 - a[i]).sqrt() * n[i] for i in range(8)])
    good = bool(torch.allclose(Diffuse()(x0=x, noise=n, alpha_bar=a), ref))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
