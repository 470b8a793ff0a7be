"""diffusion_schedule_broadcast (fixed twin)

kind: crash   facet: shape   seen in: DDPM re-implementations
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Diffusion(nn.Module):
    alphas: Float[Tensor, "steps"]

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.register_buffer("alphas", torch.linspace(0.99, 0.01, steps))

    def add_noise(
        self, x: Float[Tensor, "b c h w"], t: Int[Tensor, "b"], noise: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b c h w"]:
        a = self.alphas[t][:, None, None, None]
        return a.sqrt() * x + (1 - a).sqrt() * noise


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, 4)
    good = Diffusion(10).add_noise(x, torch.tensor([1, 2]), x).shape == x.shape
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
