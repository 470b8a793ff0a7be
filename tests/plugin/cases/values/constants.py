"""Sizes that a name stands for: class constants, attributes, defaults of dataclasses, names of the module."""

import math
from dataclasses import dataclass, field
from typing import ClassVar, Final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from values.parts import Block, Decoder, Encoder

from neuraltypes import NeuralModule

WIDTH: Final = 512
TYPED: Final[int] = 512
PLAIN = 512
HALF: Final = WIDTH // 2
DOUBLE = 2 * PLAIN
changed = 512
changed = 256
counted = 3


def count() -> None:
    global counted
    counted = 5


class Plain(nn.Module):
    c = 3

    def forward(self, x: Float[Tensor, "b {self.c}"]) -> Float[Tensor, "b 2*{self.c}"]:
        """A subclass may have another `c`: as a value it is any number."""
        if len(x) == 1:
            return torch.zeros(len(x), self.c)
        return torch.zeros(len(x), 2 * self.c)


class Marked(NeuralModule):
    c: Final = 3
    d: ClassVar[int] = 4
    e: int = 5

    def forward(
        self, *, x: Float[Tensor, "b {self.c}"], y: Float[Tensor, "b {self.d}"]
    ) -> Float[Tensor, "{self.c}+{self.d}"]: ...

    def rest(self, z: Float[Tensor, "b {self.e}"]) -> Float[Tensor, "{self.e}"]: ...


class Assigned(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.c = 3
        self.d = self.c * 2
        self.e = WIDTH // 128
        self.block = Block(self.c)
        self.wide = Block(WIDTH)

    def forward(self, x: Float[Tensor, "b {self.c}"]) -> Float[Tensor, "b {self.d}"]:
        self.block(x)
        self.wide(x)  # E: [shape-mismatch]
        return torch.zeros(x.shape[0], self.d)


class Overridden(Plain):
    c = 5


class Changing(nn.Module):
    c = 3

    def grow(self) -> None:
        self.c += 1

    def forward(self, x: Float[Tensor, "b {self.c}"]) -> Float[Tensor, "b {self.c}"]:
        return torch.zeros(len(x), self.c)


class ChangedElsewhere(nn.Module):
    c = 3

    def forward(self, x: Float[Tensor, "b {self.c}"]) -> Float[Tensor, "{self.c}"]: ...


class Either(nn.Module):
    def __init__(self, big: bool) -> None:
        super().__init__()
        self.c = 3
        if big:
            self.c = 4

    def forward(self, x: Float[Tensor, "b {self.c}"]) -> Float[Tensor, "{self.c}"]: ...


class Branched(nn.Module):
    def __init__(self, big: bool) -> None:
        super().__init__()
        if big:
            self.c = 4
            width = 7
        else:
            width = 8
        self.block = Block(width)
        self.width = width

    c = 3

    def forward(self, x: Float[Tensor, "b {self.c}"], y: Float[Tensor, "b 7"]) -> Float[Tensor, "{self.c}"]:
        self.block(y)
        return torch.zeros(self.c)


def of_classes(x: Float[Tensor, "2 3"], y: Float[Tensor, "2 4"], z: Float[Tensor, "2 5"]) -> None:
    reveal_type(Plain()(x))  # R: Tensor[Float, tuple[batch=2, 6], Any]
    Plain()(y)  # E: is 4, expected 3  [shape-mismatch]
    reveal_type(Marked()(x=x, y=y))  # R: Tensor[Float, tuple[7], Any]
    Marked()(x=y, y=y)  # E: is 4, expected 3  [shape-mismatch]
    Marked()(x=x, y=x)  # E: is 3, expected 4  [shape-mismatch]
    reveal_type(Marked().rest(z))  # R: Tensor[Float, tuple[5], Any]
    reveal_type(Assigned()(x))  # R: Tensor[Float, tuple[batch=2, 6], Any]
    Assigned()(y)  # E: is 4, expected 3  [shape-mismatch]
    reveal_type(Overridden()(z))  # R: Tensor[Float, tuple[batch=2, 10], Any]
    Overridden()(x)  # E: is 3, expected 5  [shape-mismatch]


def of_classes_that_change(x: Float[Tensor, "2 3"], y: Float[Tensor, "2 4"]) -> None:
    Changing()(x)
    Changing()(y)
    module = ChangedElsewhere()
    module.c = 4
    module(y)
    Either(True)(x)
    Either(True)(y)
    Branched(True)(y, torch.zeros(2, 7))


def of_any_module(plain: Plain, x: Float[Tensor, "2 3"], y: Float[Tensor, "2 5"]) -> None:
    plain(x)
    plain(y)


def of_the_module(x: Float[Tensor, "b t"], y: Float[Tensor, "b t 512"], z: Float[Tensor, "b t 256"]) -> None:
    Decoder(d_model=WIDTH)(x=y)
    Decoder(d_model=WIDTH)(x=z)  # E: is 256, expected 512  [shape-mismatch]
    Decoder(d_model=TYPED)(x=z)  # E: is 256, expected 512  [shape-mismatch]
    Decoder(d_model=PLAIN)(x=y)
    Decoder(d_model=PLAIN)(x=z)  # E: [shape-mismatch]
    Decoder(d_model=DOUBLE)(x=z)  # E: [shape-mismatch]
    Decoder(d_model=counted)(x=z)
    torch.zeros(3, PLAIN) @ torch.zeros(DOUBLE, 2)  # E: [shape-mismatch]
    Decoder(d_model=HALF)(x=z)
    Decoder(d_model=HALF)(x=y)  # E: is 512, expected 256  [shape-mismatch]
    Decoder(d_model=WIDTH // 2)(x=z)
    Decoder(d_model=WIDTH // 2)(x=y)  # E: is 512, expected 256  [shape-mismatch]
    Decoder(d_model=2 * WIDTH - WIDTH)(x=y)
    Decoder(d_model=changed)(x=y)
    Decoder(d_model=changed)(x=z)
    Decoder(d_model=Marked.c)(x=Encoder(d_model=3)(x=x))
    Decoder(d_model=Marked.c)(x=Encoder(d_model=4)(x=x))  # E: is 4, expected 3  [shape-mismatch]
    Decoder(d_model=Marked.c * Marked.d)(x=Encoder(d_model=12)(x=x))
    w: Float[Tensor, "512 3"] = torch.zeros(WIDTH, Marked.c)
    w = torch.zeros(HALF, Marked.c)  # E: [assignment]
    v: Float[Tensor, "512 3"] = torch.zeros(WIDTH, 4)  # E: [assignment]
    del w, v


@dataclass
class Config:
    width: int = WIDTH
    heads: int = 8
    depth: int = field(default=3)
    half: int = 512 // 2


@dataclass
class Small(Config):
    width: int = 128


def of_dataclasses(y: Float[Tensor, "b t 512"], z: Float[Tensor, "b t 256"], small: Small, config: Config) -> None:
    made = Config()
    Decoder(d_model=made.half)(x=z)
    Decoder(d_model=made.half)(x=y)  # E: [shape-mismatch]
    Decoder(d_model=made.heads * 32)(x=z)
    Decoder(d_model=made.heads * 32)(x=y)  # E: [shape-mismatch]
    Decoder(d_model=made.width)(x=y)
    Decoder(d_model=made.depth)(x=y)  # E: [shape-mismatch]
    Decoder(d_model=Small().width)(x=y)  # E: [shape-mismatch]
    Decoder(d_model=small.width)(x=y)
    Decoder(d_model=config.half)(x=y)


def of_a_changed_dataclass(y: Float[Tensor, "b t 512"]) -> None:
    made = Config()
    made.half = 512
    Decoder(d_model=made.half)(x=y)


class Renamed(nn.Module):
    def __init__(self, width: int, half: int = 2) -> None:
        super().__init__()
        self.d = width
        self.e = width // half
        self.block = Block(width)
        self.c = 3
        self.fixed = Block(self.c)

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b 3"]) -> Float[Tensor, "b {self.e}"]:
        self.block(x)
        self.fixed(y)
        self.fixed(x)  # E: [shape-mismatch]
        if len(x) == 1:
            return torch.zeros(len(x), self.d)  # E: [return-value]
        return torch.zeros(len(x), self.e)

    def by_name(self, x: Float[Tensor, "b width"]) -> Float[Tensor, "b {self.d}"]:
        return self.block(x)


class Inheriting(Renamed):
    def again(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b k"]) -> Float[Tensor, "b {self.e}"]:
        self.block(x)
        self.fixed(torch.zeros(2, self.c))
        self.block(y)
        super().forward(x, torch.zeros(len(x), 3))
        return torch.zeros(len(x), self.e)


class OtherConstant(Assigned):
    def __init__(self) -> None:
        super().__init__()
        self.c = 7

    def other(self, x: Float[Tensor, "b {self.c}"]) -> Float[Tensor, "{self.c}"]:
        return torch.zeros(self.c)


class WithBlock(nn.Module):
    c = 3

    def __init__(self) -> None:
        super().__init__()
        self.block = Block(self.c)

    def forward(self, x: Float[Tensor, "b {self.c}"], y: Float[Tensor, "b 3"]) -> Float[Tensor, "b {self.c}"]:
        self.block(y)
        return self.block(x)


class Wider(WithBlock):
    c = 5


def of_subclasses(x: Float[Tensor, "2 8"], y: Float[Tensor, "2 3"], z: Float[Tensor, "2 5"]) -> None:
    reveal_type(Renamed(8)(x, y))  # R: Tensor[Float, tuple[batch=2, 4], Any]
    reveal_type(Inheriting(8).again(x, y))  # R: Tensor[Float, tuple[batch=2, 4], Any]
    Inheriting(9).again(x, y)  # E: is 8, expected 9  [shape-mismatch]
    reveal_type(OtherConstant().other(torch.zeros(2, 7)))  # R: Tensor[Float, tuple[7], Any]
    OtherConstant().other(y)  # E: is 3, expected 7  [shape-mismatch]
    WithBlock()(y, y)
    WithBlock().block(y)
    Wider().block(z)
    Wider()(z, y)
    blocks: list[WithBlock] = [WithBlock(), Wider()]
    blocks[1](z, y)
    list(map(blocks[1].forward, [z], [y]))


torch.zeros(3, PLAIN) @ torch.zeros(HALF, 2)  # E: [shape-mismatch]


def computed(n: int) -> None:
    reveal_type(torch.zeros(max(HALF, 999), min(2, 5)))  # R: Tensor[Float32, tuple[999, 2], Any]
    reveal_type(torch.zeros(math.prod((2, 3)), math.prod([4, n])))  # R: Tensor[Float32, tuple[6, 4*n], Any]
    reveal_type(torch.zeros(max(n, 3), max([1, 2], key=abs)))  # R: Tensor[Float32, tuple[Any, Any], Any]


class Levels(nn.Module):
    width = 64
    inner = 4 * 16
    moved = 64
    moved = 32


RATIO: Final = 0.5
WIDTHS: Final = (64, 128, 256)


def computed_numbers(x: Float[Tensor, "b 64"], any_ratio: float) -> None:
    nn.Linear(Levels.width, 2)(x)
    nn.Linear(Levels.width + 1, 2)(x)  # E: expected 65  [shape-mismatch]
    nn.Linear(Levels.inner // 2, 2)(x)  # E: expected 32  [shape-mismatch]
    nn.Linear(Levels.moved, 2)(x)
    nn.Linear(int(128 * RATIO), 2)(x)
    nn.Linear(int(WIDTH * RATIO), 2)(x)  # E: expected 256  [shape-mismatch]
    nn.Linear(int(WIDTH / 8), 2)(x)
    nn.Linear(int(WIDTH / 4), 2)(x)  # E: expected 128  [shape-mismatch]
    nn.Linear(int(WIDTH * any_ratio), 2)(x)
    nn.Linear(round(WIDTH / 3), 2)(x)  # E: expected 171  [shape-mismatch]
    nn.Linear(math.ceil(WIDTH / 3), 2)(x)  # E: expected 171  [shape-mismatch]
    nn.Linear(math.floor(WIDTH / 3), 2)(x)  # E: expected 170  [shape-mismatch]
    nn.Linear(sum(WIDTHS), 2)(x)  # E: expected 448  [shape-mismatch]
    nn.Linear(sum(WIDTHS[:1]), 2)(x)
    nn.Linear(min(WIDTHS), 2)(x)
    nn.Linear(max(WIDTHS), 2)(x)  # E: expected 256  [shape-mismatch]
    nn.Linear(64 * len(WIDTHS), 2)(x)  # E: expected 192  [shape-mismatch]
    nn.Linear(divmod(WIDTH, 9)[0], 2)(x)  # E: expected 56  [shape-mismatch]
    nn.Linear(abs(-64), 2)(x)
    nn.Linear(WIDTHS[3], 2)(x)  # E: [misc]
    nn.Linear(int("64"), 2)(x)
    nn.Linear(int(len(x) / 2), 2)(x)  # E: expected b//2  [shape-mismatch]
    nn.Linear(64 // 0, 2)(x)
