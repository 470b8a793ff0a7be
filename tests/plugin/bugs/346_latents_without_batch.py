"""346 latents_without_batch

kind: crash   facet: shape   seen in: Perceiver ports: "query should be unbatched 2D or batched 3D"
ideal static checker: the query is "16 128", the keys "b t 128": the latents need the axis of the batch
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
        latents = self.latents  # BUG: one set for each example is wanted
        out, _ = self.cross(latents, media, media, need_weights=False)
        latents = latents + out
        return latents + self.mlp(latents)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if Resampler()(torch.randn(2, 9, 128)).shape == (2, 16, 128) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
