"""Functions that give several modules, and modules of a class that a parameter says by its default."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Block(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        return x


class Head(Block):
    """One more."""


def listed(d: int, count: int) -> list[Block]:
    return [Block(d) for _ in range(count)]


def grown(d: int, count: int) -> list[nn.Module]:
    blocks: list[nn.Module] = []
    for _ in range(count):
        blocks.append(Block(d))
    return blocks


def pair(d: int, e: int = 4) -> tuple[nn.Linear, Block]:
    return nn.Linear(d, e), Block(e)


def named(d: int) -> dict[str, nn.Module]:
    return {"a": Block(d), "b": Block(d)}


def different(d: int, e: int) -> list[Block]:
    return [Block(d), Block(e)]


def either(d: int, e: int, is_wide: bool) -> tuple[Block, Block]:
    if is_wide:
        return Block(e), Block(e)
    return Block(d), Block(d)


class Model(nn.Module):
    def __init__(self, d: int, e: int) -> None:
        super().__init__()
        self.d = d
        self.e = e
        self.blocks = nn.ModuleList(listed(d, 3))
        self.sequence = nn.Sequential(*grown(d, 3), nn.Linear(d, e))
        self.wrong = nn.Sequential(*listed(d, 3), nn.Linear(e, d))
        self.up, self.block = pair(d, e)
        self.by_name = nn.ModuleDict(named(d))
        self.different = nn.ModuleList(different(d, e))
        self.first, self.second = either(d, e, True)

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b {self.e}"]) -> None:
        for block in self.blocks:
            reveal(block(x))  # N: is Float[Tensor, "b d"]
            block(y)  # E: axis 1 is e, expected d
        reveal(self.sequence(x))  # N: is Float[Tensor, "b e"]
        self.sequence(y)  # E: axis 1 is e, expected d
        self.wrong(x)  # E: axis -1 is d, expected e
        reveal(self.up(x))  # N: is Float[Tensor, "b e"]
        self.block(self.up(x))
        self.block(x)  # E: axis 1 is d, expected e
        self.by_name["a"](x)
        self.by_name["a"](y)  # E: axis 1 is e, expected d
        for block in self.different:
            block(x)
            block(y)
        self.first(x)
        self.first(y)


def used(x: Float[Tensor, "b 8"], y: Float[Tensor, "b 4"]) -> None:
    up, block = pair(8)
    reveal(up(x))  # N: is Float[Tensor, "b 4"]
    block(up(x))
    block(x)  # E: axis 1 is 8, expected 4
    for one in listed(8, 2):
        one(x)
        one(y)  # E: axis 1 is 4, expected 8
    changed = listed(8, 2)
    changed.append(Block(4))
    for one in changed:
        one(y)


class ByDefault(nn.Module):
    def __init__(
        self,
        d: int,
        e: int,
        norm_layer: type[nn.Module] = nn.LayerNorm,
        act_layer: Callable[..., nn.Module] = nn.GELU,
        block: Callable[[int], nn.Module] = Block,
        placeholder: type[nn.Module] = nn.Identity,
        required: type[nn.Module] | None = None,
        replaced: type[nn.Module] = nn.LayerNorm,
    ) -> None:
        super().__init__()
        self.d = d
        self.norm = norm_layer(e)
        self.fc1 = nn.Linear(d, e)
        self.act = act_layer()
        self.fc2 = nn.Linear(e, d)
        self.block = block(d)
        self.mlp = nn.Sequential(nn.Linear(d, e), act_layer(), norm_layer(e), nn.Linear(e, d))
        self.wrong = nn.Sequential(nn.Linear(d, e), norm_layer(d))
        self.placeholder = placeholder(d)
        replaced = nn.BatchNorm1d if required is None else required
        self.replaced = replaced(d)

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b 3"]) -> Float[Tensor, "b {self.d}"]:
        h = self.act(self.norm(self.fc1(x)))
        reveal(h)  # N: is Float[Tensor, "b e"]
        self.fc1(h)  # E: axis -1 is e, expected d
        self.norm(x)  # E: axis -1 is d, expected e
        self.block(h)  # E: axis 1 is e, expected d
        self.wrong(x)  # E: axis -1 is e, expected d
        self.placeholder(h)
        self.replaced(y)
        reveal(self.mlp(x))  # N: is Float[Tensor, "b d"]
        return self.fc2(h)


class Flat(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()


def from_outside(x: Float[Tensor, "2 8"], y: Float[Tensor, "2 3"]) -> None:
    """Another class may be given."""
    model = ByDefault(8, 5, norm_layer=Flat, block=Flat)
    model.norm(x)
    model.block(y)
    reveal(model.fc1(x))  # N: is Float[Tensor, "2 5"]
    model.fc1(y)  # E: axis -1 is 3, expected 8


class Inherited(ByDefault):
    def __init__(self, d: int) -> None:
        super().__init__(d, 4, norm_layer=Flat)

    def more(self, x: Float[Tensor, "b {self.d}"]) -> None:
        self.norm(x)


class Silent(nn.Module):
    def __init__(self, d: int, norm_layer: type[nn.Module] = nn.LayerNorm, depth: int = 2) -> None:
        super().__init__()
        self.norm = norm_layer(d)
        self.norms = nn.ModuleList([norm_layer(d) for _ in range(depth)])
        self.mixed = nn.Sequential(nn.LayerNorm(d), norm_layer(d))
        self.both = nn.ModuleList([nn.LayerNorm(d), norm_layer(d)])
        self.sequence = nn.Sequential(*[norm_layer(d) for _ in range(depth)])

    def forward(self, x: Tensor) -> Tensor:
        for norm in self.norms:
            x = norm(x)
        for norm in self.both:
            x = norm(x)
        return self.norm(self.sequence(x))


def followed(x: Float[Tensor, "2 8"], y: Float[Tensor, "2 3"]) -> None:
    Silent(8, Flat)(y)
    model = Silent(8, Flat)
    model(y)
    model.norm(y)
    model.norms[0](y)
    model.both[1](y)
    model.sequence(y)
    nn.Sequential(Silent(8, Flat))(y)
