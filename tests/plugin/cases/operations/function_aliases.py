"""A name that is given a function once is called as that function: of a module, in a function, as an attribute."""

from collections.abc import Callable
from typing import assert_type

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

nll = F.nll_loss
soften = torch.softmax
multiply = torch.matmul
pool = F.max_pool2d
replaced = torch.relu
if torch.cuda.is_available():
    either = torch.softmax
else:
    either = torch.log_softmax


def replace() -> None:
    global replaced
    replaced = torch.sum


def of_module(x: Float[Tensor, "b t"], y: Float[Tensor, "b k"], image: Float[Tensor, "b 3 8 8"]) -> None:
    assert_type(soften(x, dim=-1), Float[Tensor, "b t"])
    assert_type(multiply(x.T, y), Float[Tensor, "t k"])
    assert_type(pool(image, 2), Float[Tensor, "b 3 4 4"])
    multiply(x, y)  # E: Argument "other" to "matmul" does not fit: axis -2 is b, expected t  [shape-mismatch]
    soften(soften(x, -1), -1)  # E: holds probabilities already  [element-mismatch]


def of_a_loss(logits: Float[Tensor, "b t"], labels: Int[Tensor, "b"]) -> Tensor:
    nll(soften(logits, -1), labels)  # E: holds ProbsType, expected LogprobsType  [element-mismatch]
    return nll(logits.log_softmax(-1), labels)


def in_a_function(x: Float[Tensor, "b t"], y: Float[Tensor, "b k"]) -> None:
    activation = F.relu
    join = torch.cat
    assert_type(activation(x), Float[Tensor, "b t"])
    assert_type(join([x, y], 1), Float[Tensor, "b k+t"])
    join([x, y])  # E: which differ at axis 1  [shape-mismatch]


def of_a_layer(x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 5"]:
    layer = nn.Linear
    layer(4, 5)(x)  # E: axis -1 is 3, expected 4  [shape-mismatch]
    return layer(3, 5)(x)


def unknown_names(x: Float[Tensor, "b t"], activation: Callable[..., Tensor] = torch.softmax) -> None:
    soften = torch.log_softmax
    either(either(x, dim=-1), dim=-1)
    replaced(x) @ x
    activation(activation(x, -1), -1)
    soften(soften(x, -1), -1)
    for act in (torch.softmax, torch.log_softmax):
        act(act(x, dim=-1), dim=-1)


def given_or_not(x: Float[Tensor, "b t"], join: Callable[..., Tensor] | None = None) -> Tensor:
    if join is None:
        join = torch.matmul
    return join(x, x)


class Block(nn.Module):
    def __init__(self, kind: str = "relu", own: Callable[[Tensor], Tensor] = F.relu) -> None:
        super().__init__()
        self.activation = F.relu
        self.soft = torch.softmax
        self.pool = F.max_pool2d
        self.criterion = F.cross_entropy
        self.own = own
        self.loss = F.nll_loss
        self.later = torch.softmax

    def forward(self, image: Float[Tensor, "b c 8 8"]) -> Float[Tensor, "b c 4 4"]:
        self.soft(self.soft(image, 1), 1)  # E: holds probabilities already  [element-mismatch]
        self.own(self.own(image))
        return self.pool(self.activation(image), 2)

    def flat(self, image: Float[Tensor, "b c 8 8"]) -> Float[Tensor, "b c 8 8"]:
        return self.pool(self.activation(image), 2)  # E: Incompatible return value type  [return-value]

    def score(self, x: Float[Tensor, "b t"], labels: Int[Tensor, "b"]) -> Tensor:
        self.later(self.later(x, 1), 1)
        self.loss(x.softmax(-1), labels)
        self.criterion(x.softmax(-1), labels)  # E: holds ProbsType  [element-mismatch]
        return self.criterion(x, labels)


class OfLogits(Block):
    def __init__(self) -> None:
        super().__init__()
        self.loss = F.cross_entropy


def change(block: Block) -> None:
    block.later = torch.log_softmax
