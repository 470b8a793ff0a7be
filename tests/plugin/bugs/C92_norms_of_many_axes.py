"""C92 norms_of_many_axes: gradients by image, weights by filter, responses by position, features by column: each norm is meant. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LossType


class StandardizedConv(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight
        mean = weight.mean(dim=(1, 2, 3), keepdim=True)
        std = weight.std(dim=(1, 2, 3), keepdim=True)
        return F.conv2d(x, (weight - mean) / (std + 1e-5), self.bias, self.stride, self.padding)


class ResponseNorm(NeuralModule):
    """Channels compete by the norm of their maps."""

    def __init__(self, *, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(
        self, *, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels height width"]:
        size = torch.norm(x, p=2, dim=(2, 3), keepdim=True)
        share = size / (size.mean(dim=1, keepdim=True) + 1e-6)
        return self.gamma * (x * share) + self.beta + x


class PixelNorm(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return x * torch.rsqrt(x.pow(2).mean(dim=1, keepdim=True) + 1e-8)


def lipschitz_penalty(
    scores: Float[Tensor, "b 1"], images: Float[Tensor, "b c h w"]
) -> NeuralType[Float[Tensor, ""], LossType]:
    (gradient,) = torch.autograd.grad(scores.sum(), images, create_graph=True)
    return (gradient.flatten(start_dim=1).norm(2, dim=1) - 1).pow(2).mean()


def redundancy(
    a: NeuralType[Float[Tensor, "batch d"], EncodedRepresentation],
    b: NeuralType[Float[Tensor, "batch d"], EncodedRepresentation],
) -> NeuralType[Float[Tensor, ""], LossType]:
    a = (a - a.mean(dim=0)) / a.std(dim=0)
    b = (b - b.mean(dim=0)) / b.std(dim=0)
    c = a.T @ b / a.size(0)
    on = (torch.diagonal(c) - 1).pow(2).sum()
    return on + 0.005 * (c.pow(2).sum() - torch.diagonal(c).pow(2).sum())


def whole_layer_norm(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
    return F.layer_norm(x, x.shape[1:])


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(4, 6, 5, 5, requires_grad=True)
    y = PixelNorm()(x=ResponseNorm(channels=6)(x=StandardizedConv(6, 6, 3, padding=1)(x)))
    penalty = lipschitz_penalty(whole_layer_norm(y).mean(dim=(1, 2, 3), keepdim=True)[:, :, 0, 0], x)
    print("GOOD", tuple(y.shape), penalty.ndim, redundancy(torch.randn(8, 3), torch.randn(8, 3)).ndim)


if __name__ == "__main__":
    main()
