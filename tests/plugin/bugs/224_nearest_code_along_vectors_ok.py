"""nearest_code_along_vectors (fixed twin)

kind: crash   facet: axis   seen in: VQ-VAE forum classic, "argmin over dim 0 gives num_embeddings indices"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Codebook(nn.Module):
    def __init__(self, codes: int, d: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(codes, d)

    def nearest(self, flat: Float[Tensor, "n d"]) -> Int[Tensor, "n"]:
        weight = self.embedding.weight
        distances = flat.square().sum(1, keepdim=True) - 2 * flat @ weight.T + weight.square().sum(1)
        return distances.argmin(dim=1)

    def forward(self, z: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        indices = self.nearest(z.flatten(0, 1))
        quantized = self.embedding(indices).view(z.shape)
        return z + (quantized - z).detach()


def main() -> None:
    torch.manual_seed(0)
    out = Codebook(5, 4)(torch.randn(2, 3, 4))
    print("GOOD" if out.shape == (2, 3, 4) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
