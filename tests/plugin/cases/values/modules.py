"""Modules remember the sizes that they were made with."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from values.parts import BaseConfig, Block, Decoder, Encoder, make_encoder

from neuraltypes import NeuralModule


@dataclass
class Config:
    d_model: int = 512
    d_out: int = 10


class Head(nn.Module):
    def __init__(self, d_in: int, d_out: int = 10) -> None:
        super().__init__()
        self.d_in = d_in
        self.d_out = d_out
        self.weight = nn.Parameter(torch.zeros(d_out, d_in))

    def forward(self, x: Float[Tensor, "*b {self.d_in}"]) -> Float[Tensor, "*b {self.d_out}"]: ...


def wired(x: Float[Tensor, "b t"]) -> None:
    encoder = Encoder(d_model=512)
    reveal_type(encoder(x=x))  # R: Tensor[Float, tuple[b, t, 512], Any]
    Decoder(d_model=512)(x=encoder(x=x))
    Decoder(d_model=256)(x=encoder(x=x))  # E: axis 2 is 512, expected 256  [shape-mismatch]
    decoder = Decoder(d_model=256)
    y = encoder(x=x)
    decoder(x=y)  # E: [shape-mismatch]


def defaults(x: Float[Tensor, "b t"]) -> None:
    reveal_type(Encoder()(x=x))  # R: Tensor[Float, tuple[b, t, 256], Any]
    Decoder()(x=Encoder()(x=x))
    Decoder()(x=Encoder(d_model=255)(x=x))  # E: axis 2 is 255, expected 256  [shape-mismatch]


def expressions(x: Float[Tensor, "b t"], n: int) -> None:
    Decoder(d_model=2 * 128)(x=Encoder()(x=x))
    Decoder(d_model=n)(x=Encoder(d_model=n)(x=x))
    Decoder(d_model=2 * n)(x=Encoder(d_model=n + n)(x=x))
    Decoder(d_model=n)(x=Encoder(d_model=n + 1)(x=x))  # E: [shape-mismatch]
    width = 128
    Decoder(d_model=width * 2)(x=Encoder()(x=x))
    Decoder(d_model=width)(x=Encoder()(x=x))  # E: [shape-mismatch]


class Model(nn.Module):
    def __init__(self, d: int, wrong: int = 3) -> None:
        super().__init__()
        self.encoder = Encoder(d_model=d)
        self.decoder = Decoder(d_model=d)
        self.wrong = Decoder(d_model=wrong)
        self.head = Head(d, 5)

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t 5"]:
        y = self.encoder(x=x)
        self.decoder(x=y)
        self.wrong(x=y)  # E: [shape-mismatch]
        self.head(self.head(y))  # E: [shape-mismatch]
        return self.head(y)


def from_outside(x: Float[Tensor, "b t"], y: Float[Tensor, "b 8"]) -> None:
    model = Model(7)
    Decoder(d_model=7)(x=model.encoder(x=x))
    Decoder(d_model=8)(x=model.encoder(x=x))  # E: [shape-mismatch]
    model.head(y)  # E: axis -1 is 8, expected 7  [shape-mismatch]
    Model(8).head(y)


class Numbers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = Head(8, 16)
        self.second = Head(16)
        self.third = Head(12, 5)

    def forward(self, x: Float[Tensor, "b 8"]) -> Float[Tensor, "b 10"]:
        x = self.first(x)
        self.third(x)  # E: axis -1 is 16, expected 12  [shape-mismatch]
        x = self.second(x)
        return x


def configured(config: Config, x: Float[Tensor, "b 512"], y: Float[Tensor, "b 10"]) -> None:
    Head(config.d_model, config.d_out)(x)
    made = Config()
    Head(made.d_model, made.d_out)(x)
    Head(made.d_out, made.d_model)(x)  # E: is 512, expected 10  [shape-mismatch]
    other = Config(d_model=8)
    Head(other.d_model)(x)  # E: is 512, expected 8  [shape-mismatch]
    Head(other.d_out)(y)
    imported = BaseConfig()
    Head(imported.width)(y)  # E: is 10, expected 64  [shape-mismatch]


class Configured(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.encoder = Encoder(d_model=config.d_model)
        self.decoder = Decoder(d_model=config.d_model)
        self.wrong = Decoder(d_model=config.d_out)

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
        y = self.encoder(x=x)
        self.wrong(x=y)  # E: [shape-mismatch]
        return self.decoder(x=y)


class Container(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.list = nn.ModuleList([Head(d, d), Head(d, 3)])
        self.many = nn.ModuleList([Head(d, d) for _ in range(3)])
        self.dict = nn.ModuleDict({"a": Head(d, 3), "b": Head(4, 3)})
        self.sequential = nn.Sequential(Head(d, 4), Head(4, 5))
        self.blocks = nn.Sequential(*[Head(d, d) for _ in range(3)])

    def forward(self, x: Float[Tensor, "b {d}"], y: Float[Tensor, "b 3"]) -> None: ...

    def run(self, y: Float[Tensor, "b 3"]) -> None:
        self.dict["b"](y)  # E: is 3, expected 4  [shape-mismatch]
        reveal_type(self.list[1])  # R: Head
        self.list[1](y[0, 0])  # E: [shape-mismatch]
        for layer in self.many:
            reveal_type(layer)  # R: Head
        for name, layer in self.dict.items():
            reveal_type(layer)  # R: Head
            print(name)
        layer = self.dict["a"]
        z: Float[Tensor, "b 4"] = layer(y)  # E: [shape-mismatch] # E: [assignment]
        del z


def sequential(x: Float[Tensor, "b 8"]) -> None:
    reveal_type(nn.Sequential(Head(8, 4), Head(4, 5))(x))  # R: Tensor[Float, tuple[b, 5], Any]
    nn.Sequential(Head(8, 4), Head(3, 5))(x)  # E: is 4, expected 3  [shape-mismatch]
    nn.Sequential(Head(7, 4), Head(4, 5))(x)  # E: is 8, expected 7  [shape-mismatch]
    model = nn.Sequential(Head(8, 4), nn.Sequential(Head(4, 5), Head(6, 7)))
    model(x)  # E: is 5, expected 6  [shape-mismatch]
    lists = nn.ModuleList([Head(8, 4), Head(4, 5)])
    lists[0](x)
    lists[1](x)  # E: is 8, expected 4  [shape-mismatch]
    nn.Sequential(Head(8, 4), nn.ReLU(), Head(5, 3))(x)  # E: is 4, expected 5  [shape-mismatch]
    container = Container(7)
    container.sequential(x)  # E: is 8, expected 7  [shape-mismatch]


def from_a_factory(x: Float[Tensor, "b t"]) -> None:
    Decoder(d_model=1)(x=make_encoder(1)(x=x))
    Decoder(d_model=2)(x=make_encoder(1)(x=x))  # E: axis 2 is 1, expected 2  [shape-mismatch]


class Wider(Encoder):
    def __init__(self, d_model: int = 32) -> None:
        super().__init__(d_model=2 * d_model)


class Positional(Encoder):
    def __init__(self, d: int) -> None:
        super().__init__(d)


class Inherited(Encoder):
    """Made as its parent is."""


def inheritance(x: Float[Tensor, "b t"]) -> None:
    reveal_type(Wider()(x=x))  # R: Tensor[Float, tuple[b, t, 64], Any]
    reveal_type(Wider(d_model=4)(x=x))  # R: Tensor[Float, tuple[b, t, 8], Any]
    reveal_type(Inherited(d_model=4)(x=x))  # R: Tensor[Float, tuple[b, t, 4], Any]
    reveal_type(Positional(5)(x=x))  # R: Tensor[Float, tuple[b, t, 5], Any]


class Stack(nn.Module):
    def __init__(self, d: int, depth: int = 3) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(d) for _ in range(depth)])
        self.out = Block(2 * d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        for block in self.blocks:
            x = block(x)
        self.out(x)  # E: [shape-mismatch]
        return x


def numbers_at_the_call(x: Float[Tensor, "b t 8"]) -> None:
    Block(8)(x)
    Block(9)(x)  # E: is 8, expected 9  [shape-mismatch]
    block = Block(d=9)
    block(x)  # E: is 8, expected 9  [shape-mismatch]


class WithProperty(nn.Module):
    def __init__(self, d: int, depth: int = 2) -> None:
        super().__init__()
        self.d = d
        self.layers = nn.ModuleDict({str(i): nn.Linear(d, d) for i in range(depth)})

    @property
    def table(self) -> Float[Tensor, "10 {self.d}"]:
        return torch.zeros(10, self.d)

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b 10"]:
        for layer in self.layers.values():
            x = layer(x)
        return x @ self.table.T


def of_a_property(module: WithProperty, x: Float[Tensor, "b 7"]) -> None:
    reveal_type(module.table)  # R: Tensor[Float, tuple[10, Any], Any]
    reveal_type(WithProperty(7).table)  # R: Tensor[Float, tuple[10, 7], Any]
    x @ WithProperty(7).table.T
    x @ WithProperty(8).table.T  # E: [shape-mismatch]
