"""Functions and modules that say nothing of what their results hold."""

from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


def weigh(x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]:
    y = x * 2
    return y.softmax(-1)


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 10"]:
        return self.activate(self.fc(x))

    def both(self, x: Float[Tensor, "b 32"]) -> tuple[Float[Tensor, "b 10"], Float[Tensor, "b 10"]]:
        logits = self.fc(x)
        return logits, logits.log_softmax(-1)

    def activate(self, x: Float[Tensor, "b 10"]) -> Float[Tensor, "b 10"]:
        return x.sigmoid()


class Bare(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(x, dim=-1)


@dataclass
class Scored:
    logits: Tensor
    probs: Tensor


def scored(x: Float[Tensor, "b c"]) -> Scored:
    return Scored(x, probs=x.softmax(-1))


def named(x: Float[Tensor, "b c"]) -> dict[str, Tensor]:
    return {"logits": x, "probs": x.sigmoid()}


class Over(Bare):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x)
