"""358 timesteps_times_frequencies

kind: crash   facet: shape   seen in: sinusoidal timestep embeddings: "The size of tensor a (8) must match the size of tensor b (64)"
ideal static checker: "b" times "64" aligns examples with frequencies; t[:, None] is wanted
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class TimestepEmbedding(nn.Module):
    def __init__(self, dim: int = 128) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(128, 512), nn.SiLU(), nn.Linear(512, 512))

    def forward(self, t: Int[Tensor, "b"]) -> Float[Tensor, "b 512"]:
        half = 64
        freqs = torch.exp(-math.log(10_000) * torch.arange(half, dtype=torch.float32, device=t.device) / half)
        args = t.float() * freqs  # BUG: an outer product is wanted
        emb = torch.cat([torch.cos(args), torch.sin(args)], dim=-1)
        return self.mlp(emb)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if TimestepEmbedding()(torch.randint(1000, (8,))).shape == (8, 512) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
