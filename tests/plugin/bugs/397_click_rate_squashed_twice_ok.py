"""397_click_rate_squashed_twice (fixed twin)

kind: silent   facet: semantic   seen in: NVIDIA-Merlin/models#1175
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule


class BinaryOutput(nn.Sequential):
    def __init__(self, width: int) -> None:
        super().__init__(nn.Linear(width, 1), nn.Sigmoid())


class ClickModel(NeuralModule):
    def __init__(self, *, cardinalities: list[int], dim: int = 8, hidden: int = 16) -> None:
        super().__init__()
        self.fields = len(cardinalities)
        self.tables = nn.ModuleList([nn.Embedding(size, dim) for size in cardinalities])
        self.mlp = nn.Sequential(nn.Linear(self.fields * dim, hidden), nn.ReLU())
        self.output = BinaryOutput(hidden)

    def forward(self, *, features: Int[Tensor, "batch {self.fields}"]) -> Float[Tensor, "batch"]:
        embedded = [table(features[:, i]) for i, table in enumerate(self.tables)]
        return self.output(self.mlp(torch.cat(embedded, dim=-1))).squeeze(-1)


class Trainer:
    def __init__(self, model: ClickModel) -> None:
        self.model = model
        self.loss = nn.BCELoss()

    def step(self, features: Int[Tensor, "batch 2"], clicked: Float[Tensor, "batch"]) -> Float[Tensor, ""]:
        return self.loss(self.model(features=features), clicked)


def main() -> None:
    torch.manual_seed(0)
    trainer = Trainer(ClickModel(cardinalities=[5, 7]))
    x, y = torch.randint(0, 5, (4, 2)), torch.tensor([0.0, 1.0, 1.0, 0.0])
    p = trainer.model(features=x)
    right = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    print("GOOD" if torch.allclose(trainer.step(x, y), right) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
