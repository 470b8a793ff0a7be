"""collated_targets_are_columns (fixed twin)

kind: crash   facet: shape   seen in: StackOverflow "0D or 1D target tensor expected, multi-target not supported"
ideal static checker: nothing (clean)
"""

from typing import TypedDict

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Batch(TypedDict):
    x: Float[Tensor, "b 16"]
    y: Int[Tensor, "b 1"]


def collate(items: list[tuple[Float[Tensor, "16"], int]]) -> Batch:
    return {"x": torch.stack([x for x, _ in items]), "y": torch.tensor([[y] for _, y in items])}


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 5))

    def training_step(self, batch: Batch) -> Float[Tensor, ""]:
        return F.cross_entropy(self.net(batch["x"]), batch["y"].squeeze(1))


def main() -> None:
    torch.manual_seed(0)
    loss = Classifier().training_step(collate([(torch.randn(16), i % 5) for i in range(6)]))
    print("GOOD" if loss.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
