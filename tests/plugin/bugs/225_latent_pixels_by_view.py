"""latent_pixels_by_view

kind: silent   facet: layout   seen in: VQ-VAE forum classic, "permute before flattening to (BHW, C)"
ideal static checker: view(-1, d) of "b d h w" does not give one vector for each pixel
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class VectorQuantizer(nn.Module):
    def __init__(self, codes: int, d: int) -> None:
        super().__init__()
        self.d = d
        self.codebook = nn.Parameter(torch.randn(codes, d))

    def forward(self, z: Float[Tensor, "b d h w"]) -> Float[Tensor, "b d h w"]:
        b, d, h, w = z.shape
        flat = z.view(-1, d)  # BUG: channels are not last
        index = torch.cdist(flat, self.codebook).argmin(dim=1)
        quantized = self.codebook[index].view(b, d, h, w)
        return z + (quantized - z).detach()


def main() -> None:
    torch.manual_seed(0)
    m, z = VectorQuantizer(6, 4), torch.randn(2, 4, 3, 3)
    pixel = m.codebook[torch.cdist(z[0, :, 1, 1][None], m.codebook).argmin()]
    print("GOOD" if torch.allclose(m(z)[0, :, 1, 1], pixel, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
