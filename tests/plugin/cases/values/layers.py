"""`{self.linear.in_features}` is what the constructor made the layer with; what that cannot tell is unknown."""

from dataclasses import dataclass

import torch
import torch.nn as tnn
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import Linear


class Layers(nn.Module):
    def __init__(self, mels: int, d: int) -> None:
        super().__init__()
        self.linear = nn.Linear(mels, d)
        self.table = tnn.Embedding(100, embedding_dim=d)
        self.conv = nn.Conv1d(mels, d, 3, padding=1)
        self.norm = nn.LayerNorm(d)
        self.lstm = nn.LSTM(mels, d, batch_first=True)

    def forward(self, x: Float[Tensor, "b {self.linear.in_features}"]) -> Float[Tensor, "b {self.linear.out_features}"]:
        return self.linear(x)

    def swapped(self, x: Float[Tensor, "b {self.linear.in_features}"]) -> Float[Tensor, "b {self.linear.in_features}"]:
        return self.linear(x)  # E: [return-value]

    def embedded(self, x: Int[Tensor, "b t"]) -> Float[Tensor, "b t {self.table.embedding_dim}"]:
        return self.table(x)

    def convolved(
        self, x: Float[Tensor, "b {self.conv.in_channels} t"]
    ) -> Float[Tensor, "b {self.conv.out_channels} t"]:
        return self.conv(x)

    def of_two(self, x: Float[Tensor, "b {self.table.embedding_dim}"]) -> Float[Tensor, "b {self.linear.out_features}"]:
        return self.norm(x)

    def recurrent(self, x: Float[Tensor, "b t {self.lstm.input_size}"]) -> Float[Tensor, "b t {self.lstm.hidden_size}"]:
        y, _ = self.lstm(x)
        return y

    def weight(self) -> Float[Tensor, "{self.table.num_embeddings} {self.table.embedding_dim}"]:
        return self.table.weight

    def made(self) -> Float[Tensor, "{self.linear.out_features}"]:
        return torch.zeros(self.linear.out_features)


def calls() -> None:
    layers = Layers(80, 256)
    reveal_type(layers(torch.zeros(3, 80)))  # R: Tensor[Float, tuple[batch=3, 256], Any]
    layers(torch.zeros(3, 81))  # E: axis 1 is 81, expected 80 ("{self.linear.in_features}")  [shape-mismatch]


class Encoder(nn.Module):
    def __init__(self, d_model: int, width: int = 7) -> None:
        super().__init__()
        self.d_model = d_model
        self.width = width
        self.inner = 2 * d_model + 1
        self.linear = nn.Linear(d_model, d_model)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b t {self.d_model}"]:
        return self.linear(x)


class Model(nn.Module):
    def __init__(self, d: int, classes: int) -> None:
        super().__init__()
        self.encoder = Encoder(d)
        self.head = tnn.Linear(in_features=self.encoder.d_model, out_features=classes)
        self.later = Later(d)

    def forward(self, x: Float[Tensor, "b t {self.encoder.d_model}"]) -> Float[Tensor, "b t {self.head.out_features}"]:
        return self.head(self.encoder(x))

    def wrong(self, x: Float[Tensor, "b t {self.encoder.d_model}"]) -> Float[Tensor, "b t {self.encoder.d_model}"]:
        return self.head(self.encoder(x))  # E: [return-value]

    def default(self, x: Float[Tensor, "b t {self.encoder.width}"]) -> Float[Tensor, "b t 7"]:
        return x

    def computed(self, x: Float[Tensor, "b {self.encoder.inner}"]) -> Float[Tensor, "b {self.encoder.d_model}+1"]:
        return x[:, self.encoder.d_model :]

    def not_yet_defined(
        self, x: Float[Tensor, "b t {self.later.d_model}"]
    ) -> Float[Tensor, "b t {self.encoder.d_model}"]:
        return self.later(x)


class Later(Encoder):
    pass


class Replaced(Model):
    def __init__(self, d: int, classes: int) -> None:
        super().__init__(d, classes)
        self.head = Linear(d, classes + 1)


def make_linear(d: int) -> nn.Linear:
    return nn.Linear(d, 2 * d)


class Unknown(Model):
    def __init__(self, d: int, classes: int) -> None:
        super().__init__(d, classes)
        self.head = make_linear(d)

    def headed(self, x: Float[Tensor, "b t {self.encoder.d_model}"]) -> Float[Tensor, "b t {self.head.out_features}"]:
        return self.head(x)


def subclasses(x: Float[Tensor, "2 3 32"]) -> None:
    reveal_type(Model(32, 10)(x))  # R: Tensor[Float, tuple[batch=2, time=3, 10], Any]
    reveal_type(Replaced(32, 10)(x))  # R: Tensor[Float, tuple[batch=2, time=3, 11], Any]
    reveal_type(Unknown(32, 10)(x))  # R: Tensor[Float, tuple[batch=2, time=3, Any], Any]
    reveal_type(Unknown(32, 10).headed(x))  # R: Tensor[Float, tuple[batch=2, time=3, Any], Any]


class Several(nn.Module):
    def __init__(self, linear: nn.Linear, d: int, flag: bool) -> None:
        super().__init__()
        e = d + 1
        self.given = linear
        self.helped = make_linear(d)
        self.chosen = nn.Linear(d, d) if flag else nn.Linear(d, 2 * d)
        self.local = nn.Linear(d, e)
        self.grown = nn.Linear(d, d)
        if flag:
            self.branch = nn.Linear(d, d)
        else:
            self.branch = nn.Linear(d, 2 * d)

    def grow(self) -> None:
        self.grown = nn.Linear(self.grown.in_features, 2 * self.grown.out_features)

    def a(self, x: Float[Tensor, "b {self.given.in_features}"]) -> Float[Tensor, "b {self.given.out_features}"]:
        return self.given(x)

    def b(self, x: Float[Tensor, "b {self.helped.in_features}"]) -> Float[Tensor, "b {self.helped.out_features}"]:
        return self.helped(x)

    def c(self, x: Float[Tensor, "b {self.chosen.in_features}"]) -> Float[Tensor, "b {self.chosen.out_features}"]:
        return self.chosen(x)

    def d(self, x: Float[Tensor, "b {self.local.in_features}"]) -> Float[Tensor, "b {self.local.out_features}"]:
        return self.local(x)

    def e(self, x: Float[Tensor, "b {self.grown.in_features}"]) -> Float[Tensor, "b {self.grown.out_features}"]:
        return self.grown(x)

    def f(self, x: Float[Tensor, "b {self.branch.in_features}"]) -> Float[Tensor, "b {self.branch.out_features}"]:
        return self.branch(x)


@dataclass
class Config:
    d: int = 4
    e: int = 5


class Configured(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.linear = nn.Linear(config.d, config.e)

    def forward(self, x: Float[Tensor, "b {self.linear.in_features}"]) -> Float[Tensor, "b {self.config.e}"]:
        return self.linear(x)


def configured() -> None:
    Configured(Config())(torch.zeros(3, 4))
    Configured(Config())(torch.zeros(3, 5))  # E: axis 1 is 5, expected 4  [shape-mismatch]
