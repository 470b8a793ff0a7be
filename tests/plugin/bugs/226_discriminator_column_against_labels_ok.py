"""discriminator_column_against_labels (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "Using a target size (torch.Size([64])) that is different to the input size (torch.Size([64, 1]))"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(1, 8, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(8, 16, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(16 * 7 * 7, 1),
            nn.Sigmoid(),
        )

    def forward(self, image: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 1"]:
        return self.main(image)


def train_step(d: Discriminator, real: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, ""]:
    criterion = nn.BCELoss()
    label = torch.full((real.size(0),), 1.0)
    return criterion(d(real).view(-1), label)


def main() -> None:
    torch.manual_seed(0)
    loss = train_step(Discriminator(), torch.randn(4, 1, 28, 28))
    print("GOOD" if loss.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
