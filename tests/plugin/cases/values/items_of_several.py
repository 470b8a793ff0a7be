"""Items of a list that is only read, and of a tuple in a configuration, are sizes."""

from dataclasses import dataclass, field

from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


def widen(widths: list[int]) -> None:
    widths.append(512)


class Lists(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        read = [d, 64, 128]
        changed = [d, 64]
        changed[1] = 32
        grown = [d, 64]
        grown.append(128)
        handed = [d, 64]
        widen(handed)
        named = [d, 64]
        alias = named
        alias[1] = 128
        inner = [d, 64]

        def shrink() -> None:
            inner[1] = 16

        shrink()
        self.stages = nn.ModuleList(nn.Linear(a, b) for a, b in zip(read, read[1:]))
        for width in read:
            print(width, len(read), sum(read))
        self.read = nn.Linear(read[-1] * 2, read[0])
        self.changed = nn.Linear(changed[1], 1)
        self.grown = nn.Linear(grown[-1], 1)
        self.handed = nn.Linear(handed[-1], 1)
        self.named = nn.Linear(named[1], 1)
        self.inner = nn.Linear(inner[1], 1)

    def forward(self, x: Float[Tensor, "b 256"], y: Float[Tensor, "b 128"], z: Float[Tensor, "b 7"]) -> None:
        self.read(x)
        self.read(y)  # E: axis -1 is 128, expected 256  [shape-mismatch]
        self.changed(z)
        self.grown(z)
        self.handed(z)
        self.named(z)
        self.inner(z)


@dataclass(frozen=True)
class Config:
    widths: tuple[int, int, int] = (32, 64, 128)
    sides: tuple[int, int] = field(default=(8, 16))
    open: tuple[int, ...] = (32, 64)
    listed: list[int] = field(default_factory=list)


class Fields(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.widths[0]
        self.first = nn.Linear(2 * width, config.widths[-1])
        self.second = nn.Linear(config.widths[2], 4)
        self.third = nn.Linear(config.widths[1], 4)
        self.side = nn.Linear(config.sides[0], config.sides[0])
        self.open = nn.Linear(config.open[0], config.open[-1])
        self.listed = nn.Linear(config.listed[0], 4)

    def forward(self, x: Float[Tensor, "b 16"], y: Float[Tensor, "b 64"], z: Float[Tensor, "b 8"]) -> None:
        self.first(x)  # E: axis -1 is 16, expected 2*config.widths[0]  [shape-mismatch]
        self.second(self.first(y))  # what a number is by default is meant
        self.third(self.first(y))  # E: axis -1 is config.widths[2], expected config.widths[1]  [shape-mismatch]
        self.side(self.side(z))
        self.open(x)
        self.listed(x)


def outside(x: Float[Tensor, "b 16"]) -> None:
    model = Fields(Config(widths=(8, 16, 32)))
    reveal(model.first(x))  # N: Float[Tensor, "b _"]
