"""softmax_inside_of_the_sequence

kind: silent   facet: element   seen in: written for this test, after a mistake that is often asked about
ideal static checker: the loss wants logits
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self, width: int = 32, classes: int = 10) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, 64), nn.ReLU(), nn.Linear(64, classes), nn.Softmax(dim=-1))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class Task:
    def __init__(self) -> None:
        self.model = Classifier()
        self.criterion = nn.CrossEntropyLoss()

    def training_step(self, x: Float[Tensor, "batch 32"], y: Int[Tensor, "batch"]) -> Tensor:
        scores = self.model(x)
        loss: Tensor = self.criterion(scores, y)  # BUG: the model gives probabilities already
        return loss


def main() -> None:
    torch.manual_seed(0)
    task = Task()
    with torch.no_grad():
        last = task.model.layers[2]
        assert isinstance(last, nn.Linear)
        last.weight.mul_(100)
    x = torch.randn(8, 32)
    loss = task.training_step(x, task.model(x).argmax(-1))
    print("GOOD" if loss < 0.5 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
