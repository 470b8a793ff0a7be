"""406_packets_reshaped_before_images (fixed twin)

kind: silent   facet: shape   seen in: BonnBytes/PyTorch-FWD#16
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import ImageValue


def packets(images: Tensor) -> Tensor:
    """The four halves of a Haar transform, one after the other."""
    low = (images[..., ::2, :] + images[..., 1::2, :]) / 2
    high = (images[..., ::2, :] - images[..., 1::2, :]) / 2
    parts = [low[..., ::2] + low[..., 1::2], low[..., ::2] - low[..., 1::2]]
    parts += [high[..., ::2] + high[..., 1::2], high[..., ::2] - high[..., 1::2]]
    return torch.stack(parts)


def features(images: NeuralType[Float[Tensor, "b c h w"], ImageValue]) -> Float[Tensor, "b features"]:
    stacked = packets(images)
    return stacked.transpose(0, 1).reshape(images.shape[0], -1)


def frechet_means(
    real: NeuralType[Float[Tensor, "b c h w"], ImageValue], fake: NeuralType[Float[Tensor, "b c h w"], ImageValue]
) -> Float[Tensor, ""]:
    return (features(real).mean(dim=0) - features(fake).mean(dim=0)).pow(2).sum()


def main() -> None:
    torch.manual_seed(0)
    images = torch.randn(3, 2, 4, 4)
    print("GOOD" if torch.allclose(features(images)[:1], features(images[:1])) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
