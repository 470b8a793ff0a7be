"""380_penalty_of_each_pixel (fixed twin)

kind: silent   facet: semantic   seen in: eriklindernoren/PyTorch-GAN#20
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LossType


class Critic(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.head = nn.Linear(32, 1)

    def forward(self, image: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 1"]:
        return self.head(self.body(image).mean(dim=(2, 3)))


def gradient_penalty(
    critic: Critic, real: Float[Tensor, "b 3 h w"], fake: Float[Tensor, "b 3 h w"]
) -> NeuralType[Float[Tensor, ""], LossType]:
    alpha = torch.rand(real.size(0), 1, 1, 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    scores = critic(mixed)
    gradients = torch.autograd.grad(scores, mixed, torch.ones_like(scores), create_graph=True)[0]
    norms = gradients.flatten(1).norm(2, dim=1)
    return ((norms - 1) ** 2).mean()


def main() -> None:
    torch.manual_seed(0)
    critic = Critic()
    torch.manual_seed(1)
    penalty = gradient_penalty(critic, torch.ones(2, 3, 8, 8), torch.ones(2, 3, 8, 8))
    image = torch.ones(2, 3, 8, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad(critic(image).sum(), image)
    right = ((gradient.flatten(1).norm(dim=1) - 1) ** 2).mean()
    print("GOOD" if torch.allclose(penalty, right, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
