"""391_eight_frequencies_of_time (fixed twin)

kind: crash   facet: shape   seen in: huggingface/diffusers#12110
ideal static checker: nothing (clean)
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


@dataclass(frozen=True)
class UNetConfig:
    channels: tuple[int, int, int] = (32, 64, 128)
    time_dim: int = 128
    in_channels: int = 2


class GaussianFourierProjection(NeuralModule):
    def __init__(self, *, embedding_size: int, scale: float = 16.0) -> None:
        super().__init__()
        self.embedding_size = embedding_size
        self.weight = nn.Parameter(torch.randn(embedding_size) * scale, requires_grad=False)

    def forward(self, *, t: Float[Tensor, "b"]) -> Float[Tensor, "b 2*{self.embedding_size}"]:
        angles = t[:, None] * self.weight[None, :] * 2 * math.pi
        return torch.cat([torch.sin(angles), torch.cos(angles)], dim=-1)


class UNet1D(NeuralModule):
    def __init__(self, *, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        width = config.channels[0]
        self.time_proj = GaussianFourierProjection(embedding_size=width)
        self.time_mlp = nn.Sequential(
            nn.Linear(2 * width, config.time_dim), nn.SiLU(), nn.Linear(config.time_dim, width)
        )
        self.conv_in = nn.Conv1d(config.in_channels, width, kernel_size=3, padding=1)
        self.conv_out = nn.Conv1d(width, config.in_channels, kernel_size=3, padding=1)

    def forward(
        self, *, sample: Float[Tensor, "b {self.config.in_channels} n"], t: Float[Tensor, "b"]
    ) -> Float[Tensor, "b {self.config.in_channels} n"]:
        emb = self.time_mlp(self.time_proj(t=t))
        return self.conv_out(self.conv_in(sample) + emb[:, :, None])


def main() -> None:
    torch.manual_seed(0)
    out = UNet1D(config=UNetConfig())(sample=torch.randn(3, 2, 20), t=torch.rand(3))
    print("GOOD" if out.shape == (3, 2, 20) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
