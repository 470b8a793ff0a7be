"""softmax_of_pair_in_loss (fixed twin)

kind: silent   facet: semantic   seen in: say4n/pytorch-segnet#5
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class SegNet(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.decoder = nn.Conv2d(16, classes, 3, padding=1)

    def forward(
        self, image: Float[Tensor, "b 3 h w"]
    ) -> tuple[Float[Tensor, "b classes h w"], Float[Tensor, "b classes h w"]]:
        scores = self.decoder(self.encoder(image))
        return scores, F.softmax(scores, dim=1)


class Trainer:
    def __init__(self, model: SegNet) -> None:
        self.model = model
        self.criterion = nn.CrossEntropyLoss()

    def step(self, image: Float[Tensor, "b 3 h w"], target: Int[Tensor, "b h w"]) -> Float[Tensor, ""]:
        scores, probs = self.model(image)
        return self.criterion(scores, target)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = SegNet(4).eval(), torch.randn(2, 3, 8, 8), torch.randint(0, 4, (2, 8, 8))
    good = torch.allclose(Trainer(m).step(x, y), F.cross_entropy(m(x)[0], y))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
