"""sigmoid_again_after_the_model

kind: silent   facet: element   seen in: written for this test, after a mistake that is often asked about
ideal static checker: the model has applied the sigmoid
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Detector(nn.Module):
    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.score = nn.Linear(width, 3)

    def forward(self, x: Float[Tensor, "boxes 16"]) -> Tensor:
        return torch.sigmoid(self.score(x))


def keep(model: Detector, x: Float[Tensor, "boxes 16"], threshold: float = 0.3) -> Tensor:
    scores = model(x)
    best = scores.sigmoid().amax(-1)  # BUG: of a probability, which gives 0.5 to 0.73
    return best > threshold


def main() -> None:
    torch.manual_seed(0)
    kept = keep(Detector(), 5 * torch.randn(200, 16))
    print("GOOD" if not kept.all() and kept.any() else "SILENT-WRONG")


if __name__ == "__main__":
    main()
