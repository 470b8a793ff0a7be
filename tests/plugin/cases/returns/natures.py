"""What operations give by their nature: beside what a function declares, and on from functions that declare nothing."""

import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import ElementType, LogitsType, LogprobsType, PaddingMaskType, ProbsType


class Votes(ProbsType):
    pass


class Energy(ElementType):
    pass


def normalized(x: Float[Tensor, "b c"]) -> NeuralType[Float[Tensor, "b c"], ProbsType]:
    return x.log_softmax(-1)  # E: Returned value holds LogprobsType, expected ProbsType  [element-mismatch]


def logarithms_are_logits(x: Float[Tensor, "b c"]) -> NeuralType[Float[Tensor, "b c"], LogitsType]:
    y = x.log_softmax(-1)
    return y


def a_subclass(x: Float[Tensor, "b c"], hard: bool) -> NeuralType[Float[Tensor, "b c"], Votes]:
    if hard:
        return x.log_softmax(-1)  # E: holds LogprobsType, expected Votes  [element-mismatch]
    return x.softmax(-1)


def own_element(x: Float[Tensor, "b c"]) -> NeuralType[Float[Tensor, "b c"], Energy]:
    return x.softmax(-1)


def several(x: Float[Tensor, "b c"]) -> tuple[NeuralType[Float[Tensor, "b c"], LogitsType], Float[Tensor, "b c"]]:
    p = x.softmax(-1)
    return p, x  # E: Returned value[0] holds ProbsType, expected LogitsType  [element-mismatch]


def raw(x: Float[Tensor, "b c"], fc: nn.Linear, hard: bool) -> NeuralType[Float[Tensor, "b c"], LogprobsType] | None:
    if hard:
        return None
    return fc(x)  # E: holds UnnormalizedType, expected LogprobsType  [element-mismatch]


def padding(tokens: Int[Tensor, "b t"], pad: int, hard: bool) -> NeuralType[Bool[Tensor, "b t"], PaddingMaskType]:
    if hard:
        return tokens != pad  # E: holds ValidMaskType, expected PaddingMaskType  [element-mismatch]
    return tokens == pad


def weights(x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]:
    return x.softmax(-1)


def one_or_the_other(x: Float[Tensor, "b c"], hard: bool) -> Float[Tensor, "b c"]:
    return x.softmax(-1) if hard else x


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.net = nn.Linear(32, 32)

    def forward(self, x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 10"]:
        return self.fc(self.net(x)).softmax(-1)

    def both(self, x: Float[Tensor, "b 32"]) -> tuple[Float[Tensor, "b 10"], Float[Tensor, "b 10"]]:
        logits = self.fc(x)
        return logits, logits.softmax(-1)

    def loss(self, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"], target: Float[Tensor, "b 10"]) -> None:
        F.cross_entropy(self(x), y)  # E: holds ProbsType  [element-mismatch]
        F.cross_entropy(self.forward(x), y)  # E: holds ProbsType  [element-mismatch]
        logits, probs = self.both(x)
        F.cross_entropy(logits, y)
        F.cross_entropy(probs, y)  # E: holds ProbsType  [element-mismatch]
        F.binary_cross_entropy(logits, target)  # E: holds UnnormalizedType  [element-mismatch]
        F.cross_entropy(weights(x), y)  # E: holds ProbsType  [element-mismatch]
        F.cross_entropy(one_or_the_other(x, True), y)
        either = probs if len(x) > 2 else logits
        F.cross_entropy(either, y)
        F.cross_entropy(probs if len(x) > 2 else logits, y)
        F.cross_entropy(probs if len(x) > 2 else probs.sigmoid(), y)  # E: holds ProbsType  [element-mismatch]


def passed_on_before(x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]:
    return passed_on(x)


def passed_on(x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]:
    return said_of_a_tensor_alone(x)


def said_of_a_tensor_alone(x: Tensor) -> Tensor:
    y = x * 2
    return y.softmax(-1)


def optional(x: Tensor, given: bool) -> Tensor | None:
    if not given:
        return None
    return x.softmax(-1)


def recursive(x: Float[Tensor, "b c"], n: int) -> Float[Tensor, "b c"]:
    return recursive(x, n - 1) if n else x.softmax(-1)


def as_the_order_may_be(x: Float[Tensor, "b c"], y: Int[Tensor, "b"]) -> None:
    F.cross_entropy(passed_on_before(x), y)  # E: holds ProbsType  [element-mismatch]
    F.cross_entropy(said_of_a_tensor_alone(x), y)  # E: holds ProbsType  [element-mismatch]
    F.cross_entropy(recursive(x, 3), y)
    found = optional(x, True)
    if found is not None:
        F.cross_entropy(found, y)  # E: holds ProbsType  [element-mismatch]


class Trainer:
    def step(self, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        return F.cross_entropy(Late()(x), y)  # E: holds ProbsType  [element-mismatch]


class Late(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return self.activate(x)

    def activate(self, x: Tensor) -> Tensor:
        return x.softmax(-1)


class Replaced(Late):
    def activate(self, x: Tensor) -> Tensor:
        return x


def not_said_of_a_subclass(module: Replaced, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> None:
    F.cross_entropy(module(x), y)
    F.cross_entropy(module.activate(x), y)


def unchanged(x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]:
    return x


def not_said_of_values(x: Float[Tensor, "b c"], y: Int[Tensor, "b"], gated: bool) -> None:
    activate = weights if gated else unchanged
    F.cross_entropy(activate(x), y)
    for one in [weights, unchanged]:
        F.cross_entropy(one(x), y)
