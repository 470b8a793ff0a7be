"""346 latents_without_batch (fixed twin)

kind: crash   facet: shape   seen in: Perceiver ports: "query should be unbatched 2D or batched 3D"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import EncodedRepresentation


class Resampler(nn.Module):
    def __init__(self, dim: int = 128, latents: int = 16) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(16, 128) * 0.02)
        self.norm = nn.LayerNorm(128)
        self.cross = nn.MultiheadAttention(128, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.LayerNorm(128), nn.Linear(128, 512), nn.GELU(), nn.Linear(512, 128))

    def forward(
        self, media: NeuralType[Float[Tensor, "b t 128"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b 16 128"], EncodedRepresentation]:
        media = self.norm(media)
        latents = self.latents.expand(media.size(0), -1, -1)
        out, _ = self.cross(latents, media, media, need_weights=False)
        latents = latents + out
        return latents + self.mlp(latents)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if Resampler()(torch.randn(2, 9, 128)).shape == (2, 16, 128) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
