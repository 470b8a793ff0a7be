"""317 bce_loss_without_sigmoid (fixed twin)

kind: crash   facet: semantic   seen in: "all elements of input should be between 0 and 1", forum
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Linear(784, 128),
            nn.LeakyReLU(0.2),
            nn.Linear(128, 1),
        )
        self.criterion = nn.BCELoss()

    def forward(self, *, real: Float[Tensor, "b 784"]) -> Float[Tensor, ""]:
        score = torch.sigmoid(self.main(real)).view(-1)
        return self.criterion(score, torch.ones_like(score))


def main() -> None:
    torch.manual_seed(0)
    loss = Discriminator()(real=torch.randn(64, 784))
    good = loss.shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
