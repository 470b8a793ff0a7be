"""`nn.Sequential`: values pass through one after the other, errors say where."""

from collections import OrderedDict

import torch
from jaxtyping import Float, Int
from neuraltypes import reveal
from torch import Tensor, nn


def built(x: Float[Tensor, "b 32"], image: Float[Tensor, "b 1 28 28"], depth: int) -> None:
    mlp = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10))
    reveal(mlp(x))  # N: Float[Tensor, "b 10"]
    nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(32, 10))(x)  # E: [shape-mismatch]
    nn.Sequential(nn.Linear(32, 64), nn.BatchNorm1d(32))(x)  # E: [shape-mismatch]
    nn.Sequential(nn.Linear(32, 64), nn.BatchNorm1d(64), nn.GELU(), nn.Dropout(0.1))(x)
    cnn = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.BatchNorm2d(32),
        nn.ReLU(inplace=True),
        nn.Conv2d(32, 64, 3),
        nn.MaxPool2d(2),
        nn.Dropout2d(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.Linear(128, 10),
        nn.LogSoftmax(dim=1),
    )
    reveal(cnn(image))  # N: "b 10"
    cnn(image[:, :, :20])  # E: [shape-mismatch]
    nn.Sequential(nn.Conv2d(1, 8, 3), nn.Linear(26, 4))(image)
    nn.Sequential(nn.Conv2d(1, 8, 3), nn.Flatten(), nn.Linear(8 * 28 * 28, 4))(image)  # E: [shape-mismatch]
    named = nn.Sequential(OrderedDict([("a", nn.Linear(32, 64)), ("b", nn.Linear(64, 10))]))
    reveal(named(x))
    grown = nn.Sequential()
    grown.append(nn.Linear(32, 64))
    grown.add_module("relu", nn.ReLU())
    grown(x)
    layers: list[nn.Module] = [nn.Linear(32, 64)]
    for _ in range(depth):
        layers += [nn.ReLU(), nn.Linear(64, 64)]
    layers.append(nn.Linear(64, 10))
    nn.Sequential(*layers)(x)
    repeated = nn.Sequential(*[nn.Linear(32, 32) for _ in range(depth)])
    repeated(x)
    nn.Sequential(*(nn.Sequential(nn.Linear(32, 32), nn.Tanh()) for _ in range(3)))(x)
    reveal(nn.Sequential(mlp, nn.Softmax(-1))(x))  # N: Float[Tensor, "b 10"]
    mlp[0](x)
    reveal(mlp[2](mlp[:2](x)))
    mlp[-1](x)  # E: [shape-mismatch]


def block(c_in: int, c_out: int, k: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(c_in, c_out, k, padding=k // 2), nn.BatchNorm2d(c_out), nn.ReLU())


class Net(nn.Module):
    def __init__(self, c: int = 16, classes: int = 10) -> None:
        super().__init__()
        self.classes = classes
        self.stem = block(3, c)
        self.body = nn.Sequential(*[block(c, c) for _ in range(4)])
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(1), nn.Linear(c, classes))
        self.layer = self._make(c, 2)

    def _make(self, c: int, blocks: int) -> nn.Sequential:
        layers = []
        for _ in range(blocks):
            layers.append(nn.Conv2d(c, c, 3, 1, 1))
        return nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b {self.classes}"]:
        return self.head(self.layer(self.body(self.stem(x))))


class Feed(nn.Sequential):
    def __init__(self, d: int, hidden: int) -> None:
        super().__init__(nn.Linear(d, hidden), nn.GELU(), nn.Linear(hidden, d))


class Custom(nn.Module):
    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d t"]:
        return x.transpose(1, 2)


class Last(nn.Module):
    def forward(self, x: tuple[Tensor, Tensor]) -> Tensor:
        return x[0]


def custom(x: Float[Tensor, "b t 32"], tokens: Int[Tensor, "b t"]) -> None:
    Feed(32, 64)(x)
    reveal(nn.Sequential(Custom(), nn.Conv1d(32, 8, 1))(x))  # N: Float[Tensor, "b 8 t"]
    nn.Sequential(nn.Conv1d(32, 8, 1), Custom())(x)  # E: [shape-mismatch]
    nn.Sequential(nn.LSTM(32, 16), Last())
    nn.Sequential(nn.Embedding(10, 32), nn.Linear(32, 2))(tokens)
    nn.Sequential(nn.Embedding(10, 32), nn.Linear(16, 2))(tokens)  # E: [shape-mismatch]
    nn.Sequential(nn.LayerNorm(32), nn.Linear(32, 8), nn.Unflatten(-1, (2, 4)))(x)
    nn.Sequential(nn.Identity(), nn.Flatten(0, 1))(x)
    torch.jit.script(nn.Sequential(nn.Linear(32, 2)))(x)


class Wrong(nn.Module):
    def __init__(self, d: int, inner: int) -> None:
        super().__init__()
        self.d = d
        self.ff = nn.Sequential(nn.Linear(d, inner), nn.ReLU(), nn.Linear(d, inner))

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        return self.ff(x)  # E: [shape-mismatch] # E: [return-value]
